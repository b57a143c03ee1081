namespace Hufu.Crypto;

/// <summary>SM3 over data that arrives in pieces. Not safe for use by several threads at once.</summary>
public sealed class Sm3Hash : IDisposable
{
    private Sm3State _state;

    /// <summary>A hash over no data yet.</summary>
    public Sm3Hash() => _state.Reset();

    /// <summary>Adds <paramref name="data"/> to what is hashed.</summary>
    public void AppendData(ReadOnlySpan<byte> data) => _state.Append(data);

    /// <summary>Writes the digest of all data so far to the first 32 octets of <paramref name="destination"/> and starts again from nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 octets.</exception>
    public void GetHashAndReset(Span<byte> destination)
    {
        _state.Finish(destination);
        _state.Clear();
        _state.Reset();
    }

    /// <summary>Writes the digest of all data so far to the first 32 octets of <paramref name="destination"/>; more data may follow.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 octets.</exception>
    public void GetCurrentHash(Span<byte> destination)
    {
        Sm3State copy = _state;
        copy.Finish(destination);
        copy.Clear();
    }

    /// <summary>Wipes the state and starts again from nothing.</summary>
    public void Dispose()
    {
        _state.Clear();
        _state.Reset();
    }
}
