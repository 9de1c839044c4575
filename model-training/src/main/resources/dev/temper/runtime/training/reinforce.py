  # A policy gradient under autograd. The models that were sampled from (s_w) and that is stayed near to (b_w) carry no gradient.

  def loss(self: __torch__.Module_, ids: Tensor, rows: Tensor, tokens: Tensor, advantage: Tensor, strengths: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor], s_w: List[Tensor], b_w: List[Tensor]) -> Tensor:
    # ids [batch, time]; rows [N] of batch * time: the positions before tokens [N], whose answers have advantage [N]; strengths = [kl, clip]
    # -> -J, the mean over answers of the sum over their tokens
    kl, clip = float(strengths[0].item()), float(strengths[1].item())
    at = tokens.unsqueeze(1)
    log_p = torch.log_softmax(__torch__.logits_at(rows, ids, dims, real, frequencies, compute, w), 1)
    log_sampled = torch.log_softmax(__torch__.logits_at(rows, ids, dims, real, frequencies, compute, s_w), 1).gather(1, at).squeeze(1)
    log_base = torch.log_softmax(__torch__.logits_at(rows, ids, dims, real, frequencies, compute, b_w), 1)
    ratio = torch.exp(log_p.gather(1, at).squeeze(1) - log_sampled)  # [N]
    reward = torch.minimum(ratio * advantage, torch.clamp(ratio, 1. - clip, 1. + clip) * advantage)
    return -(reward - kl * __torch__.kl(log_p, log_base)).sum() / ids.size(0)
