// Functions that are compile errors in varde: they overflow, keep hidden state or read the locale.
//
// Include this after every other header: a system header may itself mention a poisoned name.
// Instead: vrd_buf or snprintf, vrd_str_split, vrd_parse_double, vrd_parse_int64, fgets, gmtime_r.
#pragma once

#pragma GCC poison strcpy strcat sprintf strtok atoi atof gets localtime setlocale
