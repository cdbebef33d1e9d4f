// Nothing to call: being linked is all.
