"""Years of an institution played through by the services alone: nobody writes a row here.

`calendar` says what is done when; the acts stand in `founding` and `planning`, `applying`, `deciding`, `arriving`, `enrolled`,
`studying`, `asking`, `transferring`, `correcting`, `watching` and `closing`, done by the users of `cast`. `tally` counts what was
done, what it cost and what was refused; `verifying` counts everything anew from the other side.
"""
