namespace Hufu.Crypto;

/// <summary>The block cipher SM4 (GB/T 32907) under one key: 16-octet blocks and keys. Safe for use by several threads at once until disposed.</summary>
public sealed class Sm4 : IDisposable
{
    /// <summary>Octets of a key.</summary>
    public const int KeySize = 16;

    /// <summary>Octets of a block.</summary>
    public const int BlockSize = 16;

    private Sm4KeySchedule _schedule;
    private bool _disposed;

    /// <summary>Expands a key.</summary>
    /// <param name="key">16 octets.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is not 16 octets long.</exception>
    public Sm4(ReadOnlySpan<byte> key) => _schedule.Expand(key);

    internal ref readonly Sm4KeySchedule Schedule
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ref _schedule;
        }
    }

    /// <summary>Enciphers whole blocks, each on its own.</summary>
    /// <param name="source">A multiple of 16 octets; may be <paramref name="destination"/> itself.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the two overlap without being the same memory.</exception>
    public void EncryptEcb(ReadOnlySpan<byte> source, Span<byte> destination) => Sm4Blocks.Transform(Schedule.Encryption, source, Whole(source, destination));

    /// <summary>Deciphers whole blocks, each on its own.</summary>
    /// <param name="source">A multiple of 16 octets; may be <paramref name="destination"/> itself.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the two overlap without being the same memory.</exception>
    public void DecryptEcb(ReadOnlySpan<byte> source, Span<byte> destination) => Sm4Blocks.Transform(Schedule.Decryption, source, Whole(source, destination));

    /// <summary>Enciphers whole blocks, chained (CBC), without padding.</summary>
    /// <param name="iv">16 octets.</param>
    /// <param name="source">A multiple of 16 octets; may be <paramref name="destination"/> itself.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the two overlap without being the same memory.</exception>
    public void EncryptCbc(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Sm4Modes.EncryptCbc(Schedule.Encryption, Block(iv), source, Whole(source, destination));

    /// <summary>Deciphers whole blocks, chained (CBC), without taking off padding.</summary>
    /// <param name="iv">16 octets.</param>
    /// <param name="source">A multiple of 16 octets; may be <paramref name="destination"/> itself.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the two overlap without being the same memory.</exception>
    public void DecryptCbc(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Sm4Modes.DecryptCbc(Schedule.Decryption, Block(iv), source, Whole(source, destination));

    /// <summary>Enciphers or deciphers any number of octets with the key stream of a 128-bit big-endian counter.</summary>
    /// <param name="counter">16 octets: the first block's counter. The caller never uses one twice under a key.</param>
    /// <param name="source">Any length; may be <paramref name="destination"/> itself.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the two overlap without being the same memory.</exception>
    public void TransformCtr(ReadOnlySpan<byte> counter, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < source.Length)
        {
            throw new ArgumentException("The destination is shorter than the source.", nameof(destination));
        }

        Sm4InPlace.Demand(source, destination, nameof(destination));
        Sm4Modes.TransformCtr(Schedule.Encryption, Block(counter), source, destination[..source.Length]);
    }

    /// <summary>Wipes the expanded key where <see cref="Dispose"/> was forgotten.</summary>
    ~Sm4() => _schedule.Clear();

    /// <summary>Wipes the expanded key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _schedule.Clear();
        GC.SuppressFinalize(this);
    }

    private static ReadOnlySpan<byte> Block(ReadOnlySpan<byte> block) =>
        block.Length == BlockSize ? block : throw new ArgumentException("An SM4 block has 16 octets.", nameof(block));

    private static Span<byte> Whole(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length % BlockSize != 0)
        {
            throw new ArgumentException("Whole blocks of 16 octets are wanted.", nameof(source));
        }

        Sm4InPlace.Demand(source, destination, nameof(destination));

        return destination.Length >= source.Length
            ? destination[..source.Length]
            : throw new ArgumentException("The destination is shorter than the source.", nameof(destination));
    }
}
