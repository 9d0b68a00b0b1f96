#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double sum_tree(int pid, double (*of)(int)) {
  char path[64];
  int child;
  double sum = of(pid);
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
  FILE *file = fopen(path, "r");
  while (file && fscanf(file, "%d", &child) == 1) sum += sum_tree(child, of);
  if (file) fclose(file);
  return sum;
}

/* The process's clock counts nanoseconds, where /proc/PID/stat has ticks of 10 ms. */
static double cpu_seconds(int pid) {
  clockid_t clock;
  struct timespec used;
  if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used)) return 0;
  return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}

static double resident_mib(int pid) {
  char path[64], line[256];
  double mib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) {
    if (!strncmp(line, "VmRSS:", 6)) mib = strtod(line + 6, NULL) / 1024;
  }
  if (file) fclose(file);
  return mib;
}

double process_cpu(int pid) { return sum_tree(pid, cpu_seconds); }
double process_rss(int pid) { return sum_tree(pid, resident_mib); }
