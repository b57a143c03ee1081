using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>Of the algorithm that the issuing CA certifies (SM2; P-256 below a P-256 CA), a point of its curve, and not one whose private key anybody can guess (R16, 6.6.2.1-f).</summary>
internal static class KeyIsAcceptable
{
    // d = 1 … 256 and their negatives are found by anyone who tries: the x coordinates of their points.
    private const int SmallMultiples = 256;
    private static readonly Lazy<HashSet<string>> SmallPoints = new(FindSmallPoints);
    private static readonly Lazy<HashSet<string>> SmallP256Points = new(FindSmallP256Points);

    /// <exception cref="RefusedException">KeyWeak.</exception>
    [Clause("6.6.2.1-f")]
    public static void Demand(SubjectPublicKeyInfo key, KeyAlgorithm algorithm, string field)
    {
        if (algorithm == KeyAlgorithm.P256)
        {
            DemandP256(key, field);
            return;
        }

        if (!key.IsSm2)
        {
            throw new RefusedException(RefusalCode.KeyWeak, "Certificates are for SM2 keys.", field);
        }

        if (key.Sm2 is null)
        {
            throw new RefusedException(RefusalCode.KeyWeak, "The key is not a point of the SM2 curve.", field);
        }

        if (SmallPoints.Value.Contains(XOf(key.Sm2)))
        {
            throw new RefusedException(RefusalCode.KeyWeak, "The private key is a small number.", field);
        }
    }

    private static void DemandP256(SubjectPublicKeyInfo key, string field)
    {
        if (!key.IsP256 || !key.IsOnCurve)
        {
            throw new RefusedException(RefusalCode.KeyWeak, "This CA certifies P-256 keys, points of that curve.", field);
        }

        if (SmallP256Points.Value.Contains(Convert.ToHexString(key.PublicKey.Span.Slice(1, 32))))
        {
            throw new RefusedException(RefusalCode.KeyWeak, "The private key is a small number.", field);
        }
    }

    private static HashSet<string> FindSmallP256Points()
    {
        var points = new HashSet<string>(SmallMultiples, StringComparer.Ordinal);
        for (var i = 1; i <= SmallMultiples; i++)
        {
            var d = new byte[32];
            (d[^2], d[^1]) = ((byte)(i >> 8), (byte)i);
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
            points.Add(Convert.ToHexString(key.ExportParameters(false).Q.X!));
        }

        return points;
    }

    private static string XOf(Sm2PublicKey key) => Convert.ToHexString(key.Encode().AsSpan(1, 32));

    private static HashSet<string> FindSmallPoints()
    {
        var points = new HashSet<string>(SmallMultiples, StringComparer.Ordinal);
        var d = new byte[Sm2.PrivateKeySize];
        for (var i = 1; i <= SmallMultiples; i++)
        {
            (d[^2], d[^1]) = ((byte)(i >> 8), (byte)i);
            if (Sm2PrivateKey.TryImport(d, out var key))
            {
                points.Add(XOf(key.PublicKey));
                key.Dispose();
            }
        }

        return points;
    }
}
