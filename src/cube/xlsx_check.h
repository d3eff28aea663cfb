// Private to the XLSX writer: is a finished workbook whole?
//
// libxlsxwriter assembles the parts of a workbook in temporary files and does not look at whether
// its writes succeeded: on a full disk it can make a sound archive of a sheet that breaks off. So
// every part is unpacked once more and its tags are counted. Cost: one inflate of the file.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// True when bytes are a zip archive (no zip64, no comment: as libxlsxwriter makes them) whose every
// part unpacks to its stated size and checksum and is XML that closes all that it opens.
bool vrd_xlsx_is_whole(const unsigned char *bytes, size_t len);
