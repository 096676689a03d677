"""Runs the code cells of a notebook in order, in one namespace, as Jupyter does."""
import json
import sys

with open(sys.argv[1], encoding="utf8") as file:
    notebook = json.load(file)
assert notebook["nbformat"] == 4
namespace = {"__name__": "__main__"}
for cell in notebook["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), namespace)
