// Locals are not zeroed on entry: the formulas keep kilobytes of vectors on the stack and write each before reading it.
// Whoever needs zeros says so with Clear or default.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
