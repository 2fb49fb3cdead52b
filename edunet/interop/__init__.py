"""To and from other libraries: scikit-learn, Keras, PyTorch, ONNX, pandas. None of them is needed for anything else here.

from edunet.interop.sklearn import NeuralClassifier, NeuralRegressor      for Pipeline, GridSearchCV, cross_val_score
interop.weights_from_keras(model, keras_model)                            weights by plain functions, either way
interop.weights_to_torch(model, module)                                   gates, biases and axes put in their order
interop.compare_with(model, other, x)                                     where do two models part?
interop.to_onnx(model, "model.onnx")                                      a file that runs wherever ONNX does
interop.to_frame(model.history)                                           for pandas
"""

from edunet.interop.compare import compare_with
from edunet.interop.frame import to_frame
from edunet.interop.keras import weights_from_keras, weights_to_keras
from edunet.interop.onnx import to_onnx
from edunet.interop.torch import weights_from_torch, weights_to_torch

__all__ = [
    "compare_with",
    "to_frame",
    "to_onnx",
    "weights_from_keras",
    "weights_from_torch",
    "weights_to_keras",
    "weights_to_torch",
]
