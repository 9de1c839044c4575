package dev.temper.benchmarks.pipeline;

/** What was answered in one measurement. */
record Throughput(int prompts, long tokens, double seconds) {
    double promptsPerSecond() {
        return prompts / seconds;
    }

    double tokensPerSecond() {
        return tokens / seconds;
    }
}
