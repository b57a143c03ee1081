using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>A record's line as far as it does not depend on its place, and the hash over that much; ended once (<see cref="RecordLine.End"/>).</summary>
/// <param name="Line">The line's bytes with room for the place behind them.</param>
/// <param name="Filled">How many are written.</param>
/// <param name="Hash">Over 00 and what is written; nothing secret, so nobody disposes it.</param>
internal sealed record BegunLine(byte[] Line, int Filled, Sm3Hash Hash);
