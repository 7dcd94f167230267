"""Years of an institution played through by the services alone: nobody writes a row here.

`calendar` says what is done when; `planning`, `admitting`, `studying`, `moving` and `watching` do it as the users of `cast`;
`tally` counts what was done, what it cost and what was refused; `verifying` counts everything anew from the other side.
"""
