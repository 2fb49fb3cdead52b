"""Clinical evaluation: what a number is worth. Every metric takes (y, p): who is ill, 0 or 1, and the predictions.

    report          everything below on one page, with a model card; Report, ModelCard, model_card
    ranking         auroc, compare_auroc, partial_auroc, auprc, roc_curve, pr_curve, sensitivity_at, specificity_at
    at a threshold  confusion, sensitivity, specificity, ppv, npv, accuracy, balanced_accuracy, youden, f1_score,
                    likelihood_ratios, diagnostic_odds_ratio; threshold_for, on validation data only
    probabilities   brier_score, scaled_brier, brier_parts, calibration_intercept, calibration_slope,
                    calibration_slope_intercept, calibration_curve, smooth_calibration, ici, observed_expected,
                    expected_calibration_error, spiegelhalter_z
    repairs         InterceptUpdate, PlattScaling, TemperatureScaling, IsotonicCalibration, shift_prior, estimate_prior,
                    SplitConformal, abstention_curve
    decisions       net_benefit, decision_curve
    patients        bootstrap_ci, bootstrap_difference, subgroup_table, age_bands, prevalence, wilson_interval
    course          kaplan_meier, c_index, brier_at, integrated_brier, auc_at, calibration_at, alarms_per_day,
                    lead_time
    images          dice, iou, hausdorff95, surface_distances, surface_dice, over_cases
    quantities      rmse, mae, mard, bland_altman, within_iso15197
    ICU 2012        event_1, event_2
    pictures        roc_figure, pr_figure, calibration_figure, decision_figure, histogram_figure, subgroup_figure

A number is an `Estimate`: a float that prints with its 95 % interval and its n, and knows how it was computed. Where
patients have several rows, groups= of most metrics says whose each row is, and `bootstrap_ci(auprc, y, p, groups=...)`
does so for the others.

>>> from edunet import clinic
>>> y, p = [0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.4, 0.6, 0.8, 0.9]
>>> clinic.auroc(y, p)
0.875 [0.345 to 0.989], n = 8
>>> clinic.sensitivity(y, p, threshold=0.5).how
"Wilson's interval, 3 of 4 patients"
"""

from edunet.clinic.alarms import alarms_per_day
from edunet.clinic.alarms_lead import LeadTime, lead_time
from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import AurocComparison, auroc, compare_auroc
from edunet.clinic.bootstrap import bootstrap_ci, bootstrap_difference
from edunet.clinic.brier import BrierParts, brier_parts, brier_score, scaled_brier
from edunet.clinic.calibration import (
    CalibrationCurve,
    SlopeIntercept,
    SpiegelhalterTest,
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected,
    spiegelhalter_z,
)
from edunet.clinic.calibration_smooth import SmoothCalibration, ici, smooth_calibration
from edunet.clinic.conformal import AbstentionCurve, SplitConformal, abstention_curve
from edunet.clinic.confusion import Confusion, accuracy, confusion, prevalence, sensitivity, specificity
from edunet.clinic.confusion_scores import balanced_accuracy, f1_score, youden
from edunet.clinic.curves import PrCurve, RocCurve, pr_curve, roc_curve
from edunet.clinic.elsewhere import unknown
from edunet.clinic.estimate import Estimate
from edunet.clinic.figures import (
    calibration_figure,
    decision_figure,
    histogram_figure,
    pr_figure,
    roc_figure,
    subgroup_figure,
)
from edunet.clinic.icu_2012 import event_1, event_2
from edunet.clinic.likelihood import LikelihoodRatios, diagnostic_odds_ratio, likelihood_ratios
from edunet.clinic.masks import dice, iou, over_cases
from edunet.clinic.masks_surface import hausdorff95, surface_dice, surface_distances
from edunet.clinic.model_card import ModelCard, model_card
from edunet.clinic.net_benefit import DecisionCurve, decision_curve, net_benefit
from edunet.clinic.operating_points import sensitivity_at, specificity_at
from edunet.clinic.partial_auroc import partial_auroc
from edunet.clinic.predictive import npv, ppv
from edunet.clinic.prior import estimate_prior, shift_prior
from edunet.clinic.proportion import wilson_interval
from edunet.clinic.recalibration import InterceptUpdate, IsotonicCalibration, PlattScaling, TemperatureScaling
from edunet.clinic.regression import Agreement, bland_altman, mae, mard, rmse, within_iso15197
from edunet.clinic.report import Report, report
from edunet.clinic.subgroups import SubgroupRow, SubgroupTable, age_bands, subgroup_table
from edunet.clinic.subgroups_gaps import Gap
from edunet.clinic.survival import SurvivalCurve, kaplan_meier
from edunet.clinic.survival_concordance import c_index
from edunet.clinic.survival_horizon import CalibrationGroup, auc_at, brier_at, calibration_at, integrated_brier
from edunet.clinic.threshold import Threshold, threshold_for

__all__ = [
    "AbstentionCurve",
    "Agreement",
    "AurocComparison",
    "BrierParts",
    "CalibrationCurve",
    "CalibrationGroup",
    "Confusion",
    "DecisionCurve",
    "Estimate",
    "Gap",
    "InterceptUpdate",
    "IsotonicCalibration",
    "LeadTime",
    "LikelihoodRatios",
    "ModelCard",
    "PlattScaling",
    "PrCurve",
    "Report",
    "RocCurve",
    "SlopeIntercept",
    "SmoothCalibration",
    "SpiegelhalterTest",
    "SplitConformal",
    "SubgroupRow",
    "SubgroupTable",
    "SurvivalCurve",
    "TemperatureScaling",
    "Threshold",
    "abstention_curve",
    "accuracy",
    "age_bands",
    "alarms_per_day",
    "auc_at",
    "auprc",
    "auroc",
    "balanced_accuracy",
    "bland_altman",
    "bootstrap_ci",
    "bootstrap_difference",
    "brier_at",
    "brier_parts",
    "brier_score",
    "c_index",
    "calibration_at",
    "calibration_curve",
    "calibration_figure",
    "calibration_intercept",
    "calibration_slope",
    "calibration_slope_intercept",
    "compare_auroc",
    "confusion",
    "decision_curve",
    "decision_figure",
    "diagnostic_odds_ratio",
    "dice",
    "estimate_prior",
    "event_1",
    "event_2",
    "expected_calibration_error",
    "f1_score",
    "hausdorff95",
    "histogram_figure",
    "ici",
    "integrated_brier",
    "iou",
    "kaplan_meier",
    "lead_time",
    "likelihood_ratios",
    "mae",
    "mard",
    "model_card",
    "net_benefit",
    "npv",
    "observed_expected",
    "over_cases",
    "partial_auroc",
    "ppv",
    "pr_curve",
    "pr_figure",
    "prevalence",
    "report",
    "rmse",
    "roc_curve",
    "roc_figure",
    "scaled_brier",
    "sensitivity",
    "sensitivity_at",
    "shift_prior",
    "smooth_calibration",
    "specificity",
    "specificity_at",
    "spiegelhalter_z",
    "subgroup_figure",
    "subgroup_table",
    "surface_dice",
    "surface_distances",
    "threshold_for",
    "wilson_interval",
    "within_iso15197",
    "youden",
]


def __getattr__(name):
    raise unknown(name, __all__)
