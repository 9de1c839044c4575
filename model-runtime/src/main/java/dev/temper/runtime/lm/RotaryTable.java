package dev.temper.runtime.lm;

/**
 * Rotary position angles, computed in float32 as the reference does: angle(p, i) = p · inverse frequency(i), each
 * standing twice in a row so that both halves of a head rotate alike.
 *
 * @param cosines [positions, head dim]
 * @param sines [positions, head dim]
 */
record RotaryTable(float[][] cosines, float[][] sines) {

    static RotaryTable of(float[] inverseFrequencies, int positions) {
        int half = inverseFrequencies.length;
        float[][] cosines = new float[positions][2 * half];
        float[][] sines = new float[positions][2 * half];
        for (int p = 0; p < positions; p++) {
            for (int i = 0; i < half; i++) {
                float angle = p * inverseFrequencies[i];
                cosines[p][i] = cosines[p][i + half] = (float) Math.cos(angle);
                sines[p][i] = sines[p][i + half] = (float) Math.sin(angle);
            }
        }
        return new RotaryTable(cosines, sines);
    }
}
