/** The one bridge to DJL's PyTorch engine: compiled TorchScript text, devices, tensor ownership. */
@NullMarked
package dev.temper.runtime.torch;

import org.jspecify.annotations.NullMarked;
