using System.Formats.Asn1;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ca.Crls;

/// <summary>What was written, and what it must be when it is read back.</summary>
/// <param name="Digest">SM3 of the whole file.</param>
/// <param name="Signed">e of the signature: SM3 over Z and the list's TBS bytes.</param>
internal sealed record CrlWritten(byte[] Digest, byte[] Signed);

/// <summary>
/// Writes a list around entries that lie ready: what stands before and after them is the kernel's own encoding of the same list without entries. Hashed for the signature and for the file on its way out, side by
/// side; signed; synced once.
/// </summary>
internal static class CrlFileWriter
{
    // The outer length stands before the signature that it counts; 71 bytes is the size of every second one, and the digest is signed until it is met.
    private const int SignatureSize = 71;
    private const int SigningAttempts = 128;

    /// <summary>Writes and signs.</summary>
    /// <param name="file">Empty; synced when this returns.</param>
    /// <param name="header">Everything but the entries.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="signer">The CA's key.</param>
    /// <param name="algorithm">What it signs with.</param>
    /// <exception cref="PkiException">Unsupported: a key that cannot sign digests.</exception>
    public static CrlWritten Write(FileStream file, RevocationListHeader header, CrlEntrySpool entries, ISigner signer, KeyAlgorithm algorithm)
    {
        if (signer is not IDigestSigner digests)
        {
            throw new PkiException(PkiError.Unsupported, "Streaming a list needs a key that signs digests.");
        }

        var (head, extensions) = Frame(header, signer);
        byte[] list = entries.Count == 0 ? [] : Header(entries.Length);
        var content = head.Length + list.Length + entries.Length + extensions.Length;
        byte[] tbs = [.. Header(content), .. head, .. list];
        var stated = signer.Algorithm.RawData.ToArray();
        byte[] outer = Header(tbs.Length + entries.Length + extensions.Length + stated.Length + 3 + SignatureSize);
        using var signed = SignedDigest.Of(algorithm, signer.PublicKey);
        using Sm3Hash whole = new();
        byte[] e = new byte[Sm3.HashSizeInBytes], digest = new byte[Sm3.HashSizeInBytes];
        whole.AppendData(outer);
        file.Write(outer);
        Put(tbs);
        entries.Read(Put);
        Put(extensions);
        signed.Finish(e);
        byte[] tail = [.. stated, 0x03, SignatureSize + 1, 0, .. SignToSize(digests, e)];
        whole.AppendData(tail);
        file.Write(tail);
        whole.GetHashAndReset(digest);
        file.Flush(flushToDisk: true);
        return new CrlWritten(digest, e);

        void Put(ReadOnlyMemory<byte> piece) => Parallel.Invoke(
            () => signed.Append(piece.Span),
            () =>
            {
                whole.AppendData(piece.Span);
                file.Write(piece.Span);
            });
    }

    // The same list without entries, by the kernel: its TBS fields up to the entries' place, and the extensions after it. Nothing is signed for it.
    private static (byte[] Head, byte[] Extensions) Frame(RevocationListHeader header, ISigner signer)
    {
        using var bytes = new MemoryStream();
        RevocationListWriter.Write(bytes, header, [], new Framing(signer));
        var tbs = new AsnReader(bytes.ToArray(), AsnEncodingRules.DER).ReadSequence().ReadSequence();
        List<byte> head = [];
        while (tbs.PeekTag().TagClass == TagClass.Universal)
        {
            head.AddRange(tbs.ReadEncodedValue().Span);
        }

        return ([.. head], tbs.ReadEncodedValue().ToArray());
    }

    private static byte[] Header(long length)
    {
        if (length < 0x80)
        {
            return [0x30, (byte)length];
        }

        var octets = length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4;
        var header = new byte[2 + octets];
        (header[0], header[1]) = (0x30, (byte)(0x80 | octets));
        for (var i = 0; i < octets; i++)
        {
            header[^(i + 1)] = (byte)(length >> (8 * i));
        }

        return header;
    }

    private static byte[] SignToSize(IDigestSigner signer, ReadOnlySpan<byte> digest)
    {
        for (var i = 0; i < SigningAttempts; i++)
        {
            var signature = signer.SignDigest(digest);
            if (signature.Length == SignatureSize)
            {
                return signature;
            }
        }

        throw new PkiException(PkiError.Unsupported, "The signer gives the same length of signature again and again, so it is not random and cannot stream a list.");
    }

    /// <summary>Stands where a signature would; signs nothing.</summary>
    private sealed class Framing(ISigner signer) : IDigestSigner
    {
        public SubjectPublicKeyInfo PublicKey => signer.PublicKey;

        public AlgorithmIdentifier Algorithm => signer.Algorithm;

        public byte[] Sign(ReadOnlySpan<byte> data) => new byte[SignatureSize];

        public byte[] SignDigest(ReadOnlySpan<byte> digest) => new byte[SignatureSize];
    }
}
