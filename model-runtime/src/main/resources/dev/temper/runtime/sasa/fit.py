  def accumulate(self: __torch__.Module_, h: Tensor, chosen: Tensor, sum: Tensor, gram: Tensor) -> int:
    # h [N, hidden], chosen [N] bool; sum [hidden] and gram [hidden, hidden] float64 grow in place
    x = h.index_select(0, chosen.nonzero().squeeze(1)).double()
    sum.add_(x.sum([0]))
    gram.add_(torch.matmul(x.t(), x))
    return x.size(0)

  def fit(self: __torch__.Module_, n1: float, s1: Tensor, g1: Tensor, n2: float, s2: Tensor, g2: Tensor, cutoff: float) -> Tuple[Tensor, Tensor, Tensor]:
    # -> w [hidden] of length 1, c [hidden], eigenvalues of the pooled covariance, ascending
    mu1 = s1 / n1
    mu2 = s2 / n2
    scatter = g1 - n1 * torch.outer(mu1, mu1) + g2 - n2 * torch.outer(mu2, mu2)  # (n1-1)·Cov1 + (n2-1)·Cov2
    sigma = scatter / (n1 + n2 - 2.)
    values, vectors = torch.linalg_eigh((sigma + sigma.t()) / 2.)
    kept = torch.gt(values, cutoff * values.max())
    inverse = torch.where(kept, 1. / torch.where(kept, values, 1.), 0.)
    w = torch.matmul(vectors, inverse * torch.matmul(vectors.t(), mu1 - mu2))  # pinv(Σ) (μ1 - μ2)
    return (w / torch.sqrt((w * w).sum()), (mu1 + mu2) / 2., values)
