// Errors: one status, one message, filled once, where most is known.
//
// Every function that can fail returns vrd_status and takes `vrd_err *err` last. On failure its
// outputs are untouched and `err` (which may be NULL) says rule, offending value and place. On
// success `err` is untouched, so calls can be chained. Cost: none on success.
#pragma once

#include <stdarg.h>
#include <stddef.h>

// name, exit code (sysexits), HTTP status, what it means
#define VRD_STATUSES(X)                                                                            \
	X(OK, 0, 200, "success")                                                                   \
	X(USAGE, 64, 400, "the command line is wrong")                                             \
	X(DATA, 65, 422, "an input is wrong; the message names file, line and remedy")             \
	X(NOINPUT, 66, 404, "an input, cube, run or name does not exist")                          \
	X(LIMIT, 69, 413, "an input is larger than the stated limit")                              \
	X(INTERNAL, 70, 500, "a defect in varde itself")                                           \
	X(NOMEM, 71, 507, "memory is used up, or the memory budget is")                            \
	X(NOCREATE, 73, 409, "an output could not be created")                                     \
	X(IO, 74, 500, "reading or writing failed (disk full, for instance)")                      \
	X(STORE, 76, 500, "the store is damaged or was written by a newer varde")                  \
	X(NOPERM, 77, 403, "no permission")                                                        \
	X(CONFIG, 78, 422, "region.yaml or a scenario is wrong")                                   \
	X(CANCELLED, 130, 499, "interrupted")

typedef enum {
#define VRD_STATUS_ENUM(name, exit_code, http, text) VRD_##name,
	VRD_STATUSES(VRD_STATUS_ENUM)
#undef VRD_STATUS_ENUM
} vrd_status;

// Fields are public; text is NUL-terminated UTF-8.
typedef struct {
	vrd_status status;
	char text[1024];
} vrd_err;

#define VRD_MUST_USE __attribute__((warn_unused_result))
#define VRD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

// Fills `err` (NULL ok) and returns `status`, so that `return vrd_fail(...)` reads well.
vrd_status vrd_fail(vrd_err *err, vrd_status status, const char *format, ...) VRD_PRINTF(3, 4);
vrd_status vrd_vfail(vrd_err *err, vrd_status status, const char *format, va_list args)
        VRD_PRINTF(3, 0);

// Name ("DATA"), meaning, process exit code and HTTP status of a status. Borrowed static text.
const char *vrd_status_name(vrd_status status);
const char *vrd_status_text(vrd_status status);
int vrd_status_exit_code(vrd_status status);
int vrd_status_http(vrd_status status);

// Jumps to the one `out:` label of a function that has a local `vrd_status rc`.
#define VRD_TRY(call)                                                                              \
	do {                                                                                       \
		rc = (call);                                                                       \
		if (rc != VRD_OK)                                                                  \
			goto out;                                                                  \
	} while (0)
