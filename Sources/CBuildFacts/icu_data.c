// The part of ICU's data that scripts/icu-data has picked, in place of what Foundation brings: being defined here, its symbol is not
// looked for in Foundation's archive.
#ifdef GREETER_TUI_ICU_DATA
__asm__(".include \"" GREETER_TUI_ICU_DATA "\"");
#endif
