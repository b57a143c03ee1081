using System.Buffers;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue };  TBSCertList ::= SEQUENCE { version INTEGER (1), signature, issuer,
//   thisUpdate, nextUpdate, revokedCertificates SEQUENCE OF … OPTIONAL, crlExtensions [0] EXPLICIT Extensions }   (RFC 5280 5.1)

/// <summary>
/// Writes a list while its entries stream past: DER needs lengths first, so the entries are enumerated twice, once to measure, once to write and hash.
/// Memory does not grow with their number (R19).
/// </summary>
public static class RevocationListWriter
{
    private const int ChunkSize = 64 * 1024;

    // The outer length stands before the signature that it counts. An SM2Signature (and an ECDSA-Sig-Value of P-256) is 70 to 72 bytes, 71 in half of all cases, and a digest can be signed
    // again at will: so 71 is announced, and the digest signed until it is met.
    private const int AnnouncedSignatureSize = 71;
    private const int SigningAttempts = 128;

    /// <summary>Writes and signs a list.</summary>
    /// <param name="destination">Receives the DER, in chunks of up to 64 KiB.</param>
    /// <param name="header">Everything but the entries.</param>
    /// <param name="entries">Enumerated twice; both times the same entries (a snapshot), in the order to write.</param>
    /// <param name="signer">The issuer's SM2 or P-256 key; must be an <see cref="IDigestSigner"/>, because the list is hashed on its way out.</param>
    /// <returns>Entries and bytes written.</returns>
    /// <exception cref="PkiException">The second enumeration differed (<see cref="PkiError.Mismatch"/>: what was written is worthless and must be thrown away), a
    /// value that a list cannot hold, or a signer that cannot sign digests (<see cref="PkiError.Unsupported"/>).</exception>
    public static (long Entries, long Bytes) Write(Stream destination, RevocationListHeader header, IEnumerable<RevokedEntry> entries, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return Write(destination.Write, header, entries, signer);
    }

    /// <summary>As the overload with a stream.</summary>
    /// <param name="destination">Receives the DER.</param>
    /// <param name="header">Everything but the entries.</param>
    /// <param name="entries">Enumerated twice; both times the same entries.</param>
    /// <param name="signer">The issuer's SM2 or P-256 key; must be an <see cref="IDigestSigner"/>.</param>
    /// <returns>Entries and bytes written.</returns>
    /// <exception cref="PkiException">See the other overload.</exception>
    public static (long Entries, long Bytes) Write(IBufferWriter<byte> destination, RevocationListHeader header, IEnumerable<RevokedEntry> entries, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return Write(chunk => destination.Write(chunk), header, entries, signer);
    }

    private delegate void Sink(ReadOnlySpan<byte> chunk);

    private static (long Entries, long Bytes) Write(Sink sink, RevocationListHeader header, IEnumerable<RevokedEntry> entries, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(signer);
        if (signer is not IDigestSigner digestSigner)
        {
            throw PkiException.Unsupported("Streaming a list needs a key that signs digests; sign a list in memory with CertificateRevocationList.Sign instead.");
        }

        RevocationListPlan plan = RevocationListPlan.Measure(header, entries, signer.Algorithm);
        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        using IncrementalHash? sha256 = signer.PublicKey.IsP256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        using Sm3Hash hash = new();
        if (sha256 is null)
        {
            signer.PublicKey.RequireSm2().ComputeZ(Sm2.DefaultId, digest);
            hash.AppendData(digest);
        }

        int tailSize = signer.Algorithm.RawData.Length + 3 + AnnouncedSignatureSize;
        Span<byte> outer = stackalloc byte[RevocationListPlan.MaxHeaderSize];
        int outerSize = RevocationListPlan.WriteHeader(outer, DerTag.Sequence, plan.TbsSize + tailSize);
        sink(outer[..outerSize]);
        EmitTbs(plan, entries, chunk =>
        {
            if (sha256 is null)
            {
                hash.AppendData(chunk);
            }
            else
            {
                sha256.AppendData(chunk);
            }

            sink(chunk);
        });
        if (sha256 is null)
        {
            hash.GetHashAndReset(digest);
        }
        else
        {
            sha256.GetHashAndReset(digest);
        }

        sink([.. signer.Algorithm.RawData.Span, DerTag.BitString, AnnouncedSignatureSize + 1, 0, .. SignToSize(digestSigner, digest)]);
        return (plan.Count, outerSize + plan.TbsSize + tailSize);
    }

    private static byte[] SignToSize(IDigestSigner signer, ReadOnlySpan<byte> digest)
    {
        for (int i = 0; i < SigningAttempts; i++)
        {
            byte[] signature = signer.SignDigest(digest);
            if (signature.Length == AnnouncedSignatureSize)
            {
                return signature;
            }
        }

        throw PkiException.Unsupported("The signer gives the same length of signature again and again, so it is not random and cannot stream a list.");
    }

    private static void EmitTbs(RevocationListPlan plan, IEnumerable<RevokedEntry> entries, Sink sink)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize + plan.Head.Length);
        try
        {
            int filled = RevocationListPlan.WriteHeader(buffer, DerTag.Sequence, plan.ContentSize);
            plan.Head.CopyTo(buffer, filled);
            filled += plan.Head.Length;
            long count = 0, size = 0;
            if (plan.Count > 0)
            {
                filled += RevocationListPlan.WriteHeader(buffer.AsSpan(filled), DerTag.Sequence, plan.EntriesSize);
                foreach (RevokedEntry entry in entries)
                {
                    if (filled > ChunkSize - RevokedEntry.MaxEncodedSize)
                    {
                        sink(buffer.AsSpan(0, filled));
                        filled = 0;
                    }

                    int written = entry.Encode(buffer.AsSpan(filled));
                    filled += written;
                    size += written;
                    count++;
                }
            }

            if (count != plan.Count || size != plan.EntriesSize)
            {
                throw new PkiException(PkiError.Mismatch, "The entries changed between two enumerations; the list is not usable.");
            }

            sink(buffer.AsSpan(0, filled));
            sink(plan.Extensions);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The TBS in memory, for signers that need all of it at once.</summary>
    internal static byte[] EncodeTbs(RevocationListHeader header, IReadOnlyCollection<RevokedEntry> entries, AlgorithmIdentifier algorithm)
    {
        RevocationListPlan plan = RevocationListPlan.Measure(header, entries, algorithm);
        ArrayBufferWriter<byte> writer = new((int)Math.Min(plan.TbsSize, int.MaxValue / 2));
        EmitTbs(plan, entries, chunk => writer.Write(chunk));
        return writer.WrittenSpan.ToArray();
    }
}
