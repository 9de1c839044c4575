  # Fine-tuning under autograd: L = L_LM + lambda * D(p, q). q, the closest distribution (closest.py), carries no gradient.

  def language(self: __torch__.Module_, ids: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor]) -> Tensor:
    # mean negative log-likelihood of targets [N] after rows [N] of batch * time, weighted by weight [N]
    z = __torch__.logits_at(rows, ids, dims, real, frequencies, compute, w)
    nll = -torch.log_softmax(z, 1).gather(1, targets.unsqueeze(1)).squeeze(1)
    return (weight * nll).sum() / torch.clamp_min(weight.sum(), 1e-6)

  def regularised(self: __torch__.Module_, ids: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, at: Tensor, strength: Tensor, log_q: Tensor, backward: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor]) -> Tensor:
    # at [M]: those of the rows that the regulariser looks at; log_q [M, V]: the closest distribution there;
    # strength [M]: lambda of the row's domain; backward = [1]: KL(p || q) in place of KL(q || p)
    z = __torch__.logits_at(rows, ids, dims, real, frequencies, compute, w)
    log_p = torch.log_softmax(z, 1)
    nll = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
    loss = (weight * nll).sum() / torch.clamp_min(weight.sum(), 1e-6)
    log_p = log_p.index_select(0, at)
    d = __torch__.kl(log_p, log_q) if bool(backward[0].item() > 0) else __torch__.kl(log_q, log_p)
    return loss + (strength * d).mean()

  # The same of weights that are adapted at low rank (lora.py)

  def adapted_language(self: __torch__.Module_, ids: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor], a: List[Tensor], b: List[Tensor], places: Tensor, scale: Tensor) -> Tensor:
    return self.language(ids, rows, targets, weight, compute, dims, real, frequencies, __torch__.adapted(w, a, b, places, scale))

  def adapted_regularised(self: __torch__.Module_, ids: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, at: Tensor, strength: Tensor, log_q: Tensor, backward: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor], a: List[Tensor], b: List[Tensor], places: Tensor, scale: Tensor) -> Tensor:
    return self.regularised(ids, rows, targets, weight, at, strength, log_q, backward, compute, dims, real, frequencies, __torch__.adapted(w, a, b, places, scale))
