"""Is the trained output bias needed? The proved bound with that one assumption left out.

The bound's half comes from the derivative in the output bias. Where that bias is frozen the minimum can be flatter,
larger step sizes are stable, and the bound fails.

    refutable hunt examples/hunting/output_bias.py
"""

import refutable

without_output_bias = refutable.claim(
    "stability_norm <= 1/step_size - 1/2",
    assumes=(
        "differentiable",
        "input-weights-trained",
        "hidden-biases-trained",
        "output-weights-trained",
        "interpolating",
        "stable",
    ),
)
