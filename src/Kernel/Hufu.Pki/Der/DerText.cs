using System.Buffers.Binary;
using System.Text;

namespace Hufu.Pki;

/// <summary>The string types that names and attributes use, and back.</summary>
internal static class DerText
{
    private static readonly UTF8Encoding s_utf8 = new(false, true);

    internal static bool IsString(byte tag) => tag is DerTag.Utf8String or DerTag.PrintableString or DerTag.Ia5String or DerTag.TeletexString or DerTag.BmpString
        or DerTag.NumericString or DerTag.VisibleString or DerTag.UniversalString;

    /// <summary>Decodes leniently inside a type's byte range: what a PrintableString may hold is the linter's business, not the reader's.</summary>
    internal static string Decode(byte tag, ReadOnlySpan<byte> content)
    {
        switch (tag)
        {
            case DerTag.Utf8String:
                try
                {
                    return s_utf8.GetString(content);
                }
                catch (DecoderFallbackException)
                {
                    throw PkiException.Malformed("A UTF8String is not UTF-8.");
                }

            case DerTag.PrintableString or DerTag.Ia5String or DerTag.NumericString or DerTag.VisibleString:
                return content.ContainsAnyExceptInRange((byte)0, (byte)0x7F)
                    ? throw PkiException.Malformed("An ASCII string holds a byte above 7F.")
                    : Encoding.ASCII.GetString(content);
            case DerTag.TeletexString:
                return Encoding.Latin1.GetString(content);
            case DerTag.BmpString when content.Length % 2 == 0:
                char[] characters = new char[content.Length / 2];
                for (int i = 0; i < characters.Length; i++)
                {
                    characters[i] = (char)BinaryPrimitives.ReadUInt16BigEndian(content[(2 * i)..]);
                    if (char.IsSurrogate(characters[i]))
                    {
                        throw PkiException.Malformed("A BMPString holds a surrogate.");
                    }
                }

                return new string(characters);
            default:
                throw PkiException.Unsupported($"The string type {tag:X2} is not read here, or its length is wrong.");
        }
    }

    internal static bool IsPrintable(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !" '()+,-./:=?".Contains(c))
            {
                return false;
            }
        }

        return true;
    }
}
