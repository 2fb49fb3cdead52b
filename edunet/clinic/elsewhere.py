"""What scikit-learn, Keras, R and others call what is here: who types their name is told ours."""

from __future__ import annotations

from edunet.names import missing_name

__all__ = ["unknown"]

# the name here: what it is called elsewhere, without capitals and underscores
NAMES = {
    "IsotonicCalibration": "isotonic isotonicregression",
    "PlattScaling": "calibratedclassifiercv platt sigmoidcalibration",
    "accuracy": "accuracyscore binaryaccuracy",
    "auc_at": "cumulativedynamicauc timedependentauc timeroc",
    "auprc": "averageprecision averageprecisionscore aucpr prauc",
    "auroc": "auc aucroc ciauc delong roc rocauc rocaucscore",
    "balanced_accuracy": "balancedaccuracyscore",
    "bland_altman": "limitsofagreement",
    "bootstrap_ci": "bootstrap ci",
    "brier_score": "brier brierscoreloss",
    "c_index": "concordance concordanceindex concordanceindexcensored",
    "calibration_figure": "calibrationdisplay calibrationplot reliabilitydiagram",
    "calibration_slope_intercept": "valprob",
    "compare_auroc": "delongtest roctest",
    "confusion": "confusionmatrix",
    "decision_curve": "dca decisioncurveanalysis",
    "diagnostic_odds_ratio": "dor",
    "dice": "dicecoefficient dicescore",
    "expected_calibration_error": "ece",
    "f1_score": "f1",
    "hausdorff95": "hausdorff hausdorffdistance hd95",
    "integrated_brier": "ibs integratedbrierscore",
    "iou": "binaryiou jaccard jaccardscore",
    "kaplan_meier": "kaplanmeierestimator kaplanmeierfitter km survfit",
    "likelihood_ratios": "classlikelihoodratios",
    "mae": "meanabsoluteerror",
    "npv": "negativepredictivevalue",
    "partial_auroc": "pauc partialauc",
    "pr_curve": "precisionrecallcurve",
    "pr_figure": "precisionrecalldisplay",
    "ppv": "positivepredictivevalue precision precisionscore",
    "rmse": "rootmeansquarederror",
    "roc_figure": "plotroc roccurvedisplay rocplot",
    "sensitivity": "recall recallscore tpr truepositiverate",
    "specificity": "tnr truenegativerate",
    "threshold_for": "bestthreshold cutpointr optimalcutpoint",
    "wilson_interval": "proportionconfint wilson",
    "youden": "informedness youdenindex youdenj",
}


def unknown(name: str, known) -> AttributeError:
    """Return the error for a name that `edunet.clinic` does not have, with the one that is meant.

    >>> unknown("recall_score", ["sensitivity"])
    AttributeError("edunet.clinic has no 'recall_score'. It is called 'sensitivity' here.")
    """
    plain = name.lower().replace("_", "")
    for here, others in NAMES.items():
        if plain in others.split():
            return AttributeError(f"edunet.clinic has no {name!r}. It is called {here!r} here.")
    return missing_name("edunet.clinic", name, known)
