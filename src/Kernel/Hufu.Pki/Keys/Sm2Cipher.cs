using Hufu.Crypto;

namespace Hufu.Pki;

// SM2Cipher ::= SEQUENCE { XCoordinate INTEGER, YCoordinate INTEGER, HASH OCTET STRING (SIZE(32)), CipherText OCTET STRING }   (GM/T 0009 7.2)

/// <summary>An SM2 ciphertext. Written as DER with the order C1, C3, C2. Immutable.</summary>
public sealed class Sm2Cipher
{
    private const int Overhead = Crypto.Sm2.CiphertextOverhead;
    private readonly byte[] _raw;

    private Sm2Cipher(byte[] raw) => _raw = raw;

    /// <summary>C1 (X || Y, 64 bytes) || C3 (32) || C2, as <see cref="Sm2PrivateKey.TryDecrypt"/> takes it.</summary>
    public ReadOnlyMemory<byte> Raw => _raw;

    /// <summary>C2, as long as the plaintext.</summary>
    public ReadOnlyMemory<byte> CipherText => _raw.AsMemory(Overhead);

    /// <summary>Encrypts under a public key.</summary>
    /// <param name="recipient">Whose key.</param>
    /// <param name="plaintext">At least one byte.</param>
    public static Sm2Cipher Encrypt(Sm2PublicKey recipient, ReadOnlySpan<byte> plaintext)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        byte[] raw = new byte[Overhead + plaintext.Length];
        recipient.Encrypt(plaintext, raw);
        return new Sm2Cipher(raw);
    }

    /// <summary>From C1 (64 bytes) || C3 || C2.</summary>
    /// <exception cref="PkiException">Shorter than 97 bytes.</exception>
    public static Sm2Cipher FromRaw(ReadOnlySpan<byte> raw) => raw.Length > Overhead
        ? new Sm2Cipher(raw.ToArray())
        : throw PkiException.Malformed("An SM2 ciphertext is at least 97 bytes.");

    /// <summary>Reads the DER, strictly.</summary>
    /// <exception cref="PkiException">Not an SM2Cipher.</exception>
    public static Sm2Cipher Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.MessageSize, "an SM2Cipher");
        DerReader reader = new(der);
        return Read(ref reader);
    }

    /// <summary>Reads what others write besides the DER of GM/T 0009 (interop.md: SM2 ciphertext).</summary>
    /// <param name="data">The ciphertext.</param>
    /// <param name="form">Which layout the sender is known to use. <see cref="Sm2CipherForm.Any"/> takes DER and 04 || C1 || C3 || C2, which cannot be confused.</param>
    /// <exception cref="PkiException">Not of that form.</exception>
    public static Sm2Cipher Decode(ReadOnlyMemory<byte> data, Sm2CipherForm form)
    {
        ReadOnlySpan<byte> span = data.Span;
        switch (form)
        {
            case Sm2CipherForm.Any when !span.IsEmpty && span[0] == 4:
            case Sm2CipherForm.PrefixedC1C3C2:
                return !span.IsEmpty && span[0] == 4 ? FromRaw(span[1..]) : throw PkiException.Malformed("The raw SM2 ciphertext does not begin with 04.");
            case Sm2CipherForm.BareC1C2C3:
                if (span.Length <= Overhead)
                {
                    throw PkiException.Malformed("An SM2 ciphertext is at least 97 bytes.");
                }

                byte[] raw = new byte[span.Length];
                span[..64].CopyTo(raw);
                span[^32..].CopyTo(raw.AsSpan(64));
                span[64..^32].CopyTo(raw.AsSpan(96));
                return new Sm2Cipher(raw);
            default:
                return Decode(data);
        }
    }

    internal static Sm2Cipher Read(ref DerReader reader)
    {
        DerReader inner = reader.ReadSequence();
        Span<byte> head = stackalloc byte[Overhead];
        inner.ReadUnsigned(head[..32]);
        inner.ReadUnsigned(head[32..64]);
        ReadOnlySpan<byte> hash = inner.ReadOctetString().Span;
        ReadOnlySpan<byte> text = inner.ReadOctetString().Span;
        inner.ThrowIfNotEmpty();
        if (hash.Length != 32 || text.IsEmpty)
        {
            throw PkiException.BadValue("An SM2Cipher's HASH is 32 bytes and its CipherText not empty.");
        }

        byte[] raw = new byte[Overhead + text.Length];
        head.CopyTo(raw);
        hash.CopyTo(raw.AsSpan(64));
        text.CopyTo(raw.AsSpan(Overhead));
        return new Sm2Cipher(raw);
    }

    /// <summary>The DER.</summary>
    public byte[] Encode() => DerWriting.Encode(Write);

    internal void Write(System.Formats.Asn1.AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteUnsigned(_raw.AsSpan(0, 32));
            writer.WriteUnsigned(_raw.AsSpan(32, 32));
            writer.WriteOctetString(_raw.AsSpan(64, 32));
            writer.WriteOctetString(_raw.AsSpan(Overhead));
        }
    }

    /// <summary>Opens it with a key in memory.</summary>
    /// <returns>The plaintext; the caller zeroes it.</returns>
    /// <exception cref="PkiException"><see cref="PkiError.NotOpened"/>.</exception>
    public byte[] Decrypt(Sm2PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] plaintext = new byte[_raw.Length - Overhead];
        return key.TryDecrypt(_raw, plaintext) ? plaintext : throw new PkiException(PkiError.NotOpened, "The SM2 ciphertext does not open under this key.");
    }
}
