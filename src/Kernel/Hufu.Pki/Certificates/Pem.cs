using System.Security.Cryptography;
using System.Text;

namespace Hufu.Pki;

/// <summary>Textual encoding (RFC 7468).</summary>
public static class Pem
{
    /// <summary>Label of a certificate.</summary>
    public const string CertificateLabel = "CERTIFICATE";

    /// <summary>Label of a certification request.</summary>
    public const string RequestLabel = "CERTIFICATE REQUEST";

    /// <summary>Label of a revocation list.</summary>
    public const string RevocationListLabel = "X509 CRL";

    /// <summary>Label of a PKCS#7 message.</summary>
    public const string Pkcs7Label = "PKCS7";

    /// <summary>Label of a CMS message.</summary>
    public const string CmsLabel = "CMS";

    /// <summary>Encodes, 64 characters a line, newline at the end.</summary>
    public static string Encode(string label, ReadOnlySpan<byte> der) => PemEncoding.WriteString(label, der) + "\n";

    /// <summary>Every block of a text with this label, in order; text between blocks is skipped.</summary>
    /// <exception cref="PkiException">Too large, or a begun block that is not PEM.</exception>
    public static IReadOnlyList<byte[]> DecodeAll(ReadOnlySpan<char> text, string label)
    {
        if (text.Length > PkiLimits.PemSize)
        {
            throw PkiException.TooLarge("A PEM text", PkiLimits.PemSize);
        }

        List<byte[]> blocks = [];
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (Matches(text[fields.Label], label))
            {
                byte[] der = new byte[fields.DecodedDataLength];
                if (!Convert.TryFromBase64Chars(text[fields.Base64Data], der, out int written) || written != der.Length)
                {
                    throw PkiException.Malformed("A PEM block is not base64.");
                }

                blocks.Add(der);
            }

            text = text[fields.Location.End..];
        }

        return blocks;
    }

    // Old software writes NEW CERTIFICATE REQUEST and X509 CERTIFICATE.
    private static bool Matches(ReadOnlySpan<char> found, string label) => found.SequenceEqual(label)
        || (label == RequestLabel && found.SequenceEqual("NEW CERTIFICATE REQUEST"))
        || (label == CertificateLabel && found.SequenceEqual("X509 CERTIFICATE"))
        || (label is Pkcs7Label or CmsLabel && (found.SequenceEqual(Pkcs7Label) || found.SequenceEqual(CmsLabel)));

    /// <summary>The first block of a text with this label.</summary>
    /// <exception cref="PkiException">No such block.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text, string label)
    {
        IReadOnlyList<byte[]> blocks = DecodeAll(text, label);
        return blocks.Count > 0 ? blocks[0] : throw PkiException.Malformed($"The text holds no PEM block {label}.");
    }

    /// <summary>DER from DER, PEM, or bare base64, told apart by content.</summary>
    /// <param name="data">DER as it is, or ASCII text.</param>
    /// <param name="label">The PEM label to look for.</param>
    /// <returns>DER; the input itself when it begins with a SEQUENCE.</returns>
    /// <exception cref="PkiException">None of these, or too large.</exception>
    public static ReadOnlyMemory<byte> ToDer(ReadOnlyMemory<byte> data, string label)
    {
        ReadOnlySpan<byte> span = data.Span;
        if (!span.IsEmpty && span[0] == DerTag.Sequence && (span.Length == 1 || span[1] >= 0x80 || span[1] == span.Length - 2))
        {
            return data;
        }

        if (span.Length > PkiLimits.PemSize)
        {
            throw PkiException.TooLarge("A PEM text", PkiLimits.PemSize);
        }

        string text = Encoding.Latin1.GetString(span);
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return Decode(text, label);
        }

        byte[] buffer = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, buffer, out int written) && written > 0
            ? buffer.AsMemory(0, written)
            : throw PkiException.Malformed("Neither DER nor PEM nor base64.");
    }
}
