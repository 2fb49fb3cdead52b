"""From files to networks: what stands between a table of molecules and a model. Arrays in, arrays out.

    SmilesTokenizer      SMILES texts to whole numbers for an Embedding layer, and back
    hashed_fingerprint   SMILES texts to bits, which pieces a molecule holds, for Dense layers
    scaffold_of          the rings of a molecule and what links them
    scaffold_split       rows for training, validation and test, no scaffold on two sides
    read_smiles          the graph of a molecule: atoms, bonds, hydrogens

Molecules are read without a chemistry package. Scaling and imputing are scikit-learn's (`StandardScaler`,
`SimpleImputer`), and go well before an edunet model in a pipeline.
"""

from edunet.preprocessing.fingerprint import hashed_fingerprint
from edunet.preprocessing.scaffold import scaffold_of, scaffold_split
from edunet.preprocessing.smiles import read_smiles
from edunet.preprocessing.smiles_tokenizer import SmilesTokenizer

__all__ = ["SmilesTokenizer", "hashed_fingerprint", "read_smiles", "scaffold_of", "scaffold_split"]
