/** `full` is what is reported; `tiny` only shows, in seconds, that the benchmarks run. Set `BENCH_SIZE=tiny` for it. */
export type Size = 'full' | 'tiny';
