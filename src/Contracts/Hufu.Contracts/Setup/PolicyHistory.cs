namespace Hufu.Contracts;

/// <summary>A figure of policy that the room began to work with: <c>GET /api/{room}/policy/history</c>, the newest first, at most 500. Public, as the figures themselves are: they stand in the practice statement.</summary>
/// <param name="At">When the room first started with it.</param>
/// <param name="Name">Its name in policy/values.yaml.</param>
/// <param name="Clause">The clause that it comes from.</param>
/// <param name="Was">What it was before; null for one that is new.</param>
/// <param name="Becomes">What it is from then on; null for one that is gone.</param>
/// <param name="Policy">SM3 (hex) over the policy's files, as receipts and the log name it.</param>
public sealed record PolicyValueChange(DateTimeOffset At, string Name, string Clause, string? Was, string? Becomes, string Policy);
