/* What a server costs, its child processes included. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

/** CPU seconds used so far by the process `pid` and its living children; 0 if there is none. */
double process_cpu(int pid);

/** Resident memory in MiB of the process `pid` and its living children; 0 if there is none. */
double process_rss(int pid);

#endif
