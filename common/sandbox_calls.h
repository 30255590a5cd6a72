#ifndef COMMON_SANDBOX_CALLS_H
#define COMMON_SANDBOX_CALLS_H

/*
 * The seccomp filter of sandbox.h, for `needs` of enum sandbox_need. 0, or a
 * negative code: -ENOTSUP where the kernel has no such filters or does not let
 * us have one.
 */
int sandbox_calls_filter(unsigned needs);

#endif
