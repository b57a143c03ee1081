/// <summary>A row of a table and of the JSON.</summary>
/// <param name="Row">Its name.</param>
/// <param name="Ours">Operations a second, ours; bigger is better.</param>
/// <param name="Peer">Operations a second of the peer in the same run, or null.</param>
/// <param name="Ratio">Ours / peer, or null.</param>
/// <param name="Bytes">Bytes of managed memory allocated by one call of ours.</param>
internal sealed record BenchRow(string Row, double Ours, double? Peer, double? Ratio, long Bytes);
