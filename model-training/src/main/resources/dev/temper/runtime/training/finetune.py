  # Fine-tuning under autograd: L = L_LM + lambda * D(p, q). q, the closest distribution, is made of a snapshot of the language model
  # and its auxiliary model, and carries no gradient.

  def language(self: __torch__.Module_, ids: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor]) -> Tensor:
    # mean negative log-likelihood of targets [N] after rows [N] of batch * time, weighted by weight [N]
    z = __torch__.logits_at(rows, ids, dims, real, frequencies, compute, w)
    nll = -torch.log_softmax(z, 1).gather(1, targets.unsqueeze(1)).squeeze(1)
    return (weight * nll).sum() / torch.clamp_min(weight.sum(), 1e-6)

  def regularised(self: __torch__.Module_, ids: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, policy_ids: Tensor, policy_rows: Tensor, starts: Tensor, at: Tensor, strength: Tensor, delta: Tensor, backward: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, r_dims: Tensor, r_real: Tensor, r_frequencies: Tensor, w: List[Tensor], p_w: List[Tensor], r_w: List[Tensor]) -> Tensor:
    # policy_ids [batch', time]: the sequences that the regulariser looks at; policy_rows [M] of batch' * time;
    # starts [M]: the index in policy_rows of the first row of the same sequence; at [M]: where these rows stand in rows;
    # strength [M]: lambda of the row's domain; backward = [1]: KL(p || q) in place of KL(q || p)
    z = __torch__.logits_at(rows, ids, dims, real, frequencies, compute, w)
    log_p = torch.log_softmax(z, 1)
    nll = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
    loss = (weight * nll).sum() / torch.clamp_min(weight.sum(), 1e-6)
    z0 = __torch__.logits_at(policy_rows, policy_ids, dims, real, frequencies, compute, p_w)
    r = __torch__.logits_at(policy_rows, policy_ids, r_dims, r_real, r_frequencies, compute, r_w)
    log_q = __torch__.log_constrained(z0, r, starts, float(delta[0].item())).detach()
    log_p = log_p.index_select(0, at)
    d = __torch__.kl(log_p, log_q) if bool(backward[0].item() > 0) else __torch__.kl(log_q, log_p)
    return loss + (strength * d).mean()
