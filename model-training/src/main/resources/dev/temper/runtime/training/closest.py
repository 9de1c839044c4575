  # q as a target: a snapshot of the language model and its auxiliary model, without gradients

  def log_q(self: __torch__.Module_, ids: Tensor, rows: Tensor, starts: Tensor, delta: float, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, r_dims: Tensor, r_real: Tensor, r_frequencies: Tensor, w: List[Tensor], r_w: List[Tensor]) -> Tensor:
    # ids [batch, time]; rows [M] of batch * time; starts [M]: the index in rows of the first row of the same sequence -> [M, V]
    z = __torch__.logits_at(rows, ids, dims, real, frequencies, compute, w)
    r = __torch__.logits_at(rows, ids, r_dims, r_real, r_frequencies, compute, r_w)
    return __torch__.log_constrained(z, r, starts, delta)
