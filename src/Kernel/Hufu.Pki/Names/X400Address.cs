using System.Formats.Asn1;

namespace Hufu.Pki;

// ORAddress ::= SEQUENCE { built-in-standard-attributes BuiltInStandardAttributes, … }
// BuiltInStandardAttributes ::= SEQUENCE { country-name [APPLICATION 1] CHOICE { …, iso-3166-alpha2-code PrintableString } OPTIONAL,
//   administration-domain-name [APPLICATION 2] CHOICE { …, printable PrintableString } OPTIONAL, …, private-domain-name [2] CHOICE { …, printable PrintableString } OPTIONAL,
//   organization-name [3] IMPLICIT PrintableString OPTIONAL, …, personal-name [5] IMPLICIT SET { surname [0], given-name [1] OPTIONAL, … } OPTIONAL,
//   organizational-unit-names [6] IMPLICIT SEQUENCE OF PrintableString OPTIONAL }   (X.411; RFC 5280 appendix A.1)

/// <summary>An X.400 address (电子邮件 O/R 地址) as people write it: <c>G=San; S=Zhang; O=Unit; OU1=Office; P=PRMD; A=ADMD; C=CN</c>, in any order. Printable characters only.</summary>
/// <param name="Country">C: two upper-case letters.</param>
/// <param name="Administration">A: administration domain, at most 16 characters; a single space where there is none.</param>
/// <param name="PrivateDomain">P: private domain, at most 16 characters, or null.</param>
/// <param name="Organisation">O: at most 64 characters, or null.</param>
/// <param name="Units">OU1 to OU4, at most 32 characters each.</param>
/// <param name="Surname">S: at most 40 characters, or null.</param>
/// <param name="GivenName">G: at most 16 characters, or null; needs a surname.</param>
public sealed record X400Address(string Country, string Administration, string? PrivateDomain, string? Organisation, IReadOnlyList<string> Units, string? Surname, string? GivenName)
{
    private const int MostText = 400;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="PkiException">An unknown or repeated part, a length or character that X.411 does not allow, no country, or nothing below the domains.</exception>
    public static X400Address Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostText)
        {
            throw PkiException.TooLarge("An X.400 address", MostText);
        }

        Dictionary<string, string> parts = new(StringComparer.Ordinal);
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? "" : part[..equals].Trim().ToUpperInvariant();
            string value = part[(equals + 1)..].Trim();
            int most = key switch { "C" => 2, "A" or "P" or "G" => 16, "O" => 64, "OU1" or "OU2" or "OU3" or "OU4" => 32, "S" => 40, _ => 0 };
            if (value.Length > most || (value.Length == 0 && key != "A") || !DerText.IsPrintable(value) || !parts.TryAdd(key, value.Length == 0 ? " " : value))
            {
                throw PkiException.BadValue($"'{part.Trim()}' is no part of an X.400 address (C, A, P, O, OU1 to OU4, S, G; printable characters within X.411's lengths, each once).");
            }
        }

        string[] units = [.. new[] { "OU1", "OU2", "OU3", "OU4" }.TakeWhile(parts.ContainsKey).Select(k => parts[k])];
        string? surname = parts.GetValueOrDefault("S"), given = parts.GetValueOrDefault("G"), organisation = parts.GetValueOrDefault("O");
        return parts.TryGetValue("C", out string? country) && country.Length == 2 && country.All(char.IsAsciiLetterUpper) && units.Length == parts.Keys.Count(k => k.StartsWith("OU", StringComparison.Ordinal))
            && (given is null || surname is not null) && (surname ?? organisation) is not null
            ? new X400Address(country, parts.GetValueOrDefault("A", " "), parts.GetValueOrDefault("P"), organisation, units, surname, given)
            : throw PkiException.BadValue("An X.400 address has C and an organisation or a surname, a given name only beside a surname, and units numbered from OU1.");
    }

    /// <summary>The text form, in the order G, S, OU, O, P, A, C.</summary>
    public override string ToString()
    {
        string?[] parts =
        [
            Part("G", GivenName), Part("S", Surname), .. Units.Select((u, i) => Part($"OU{i + 1}", u)), Part("O", Organisation), Part("P", PrivateDomain), Part("A", Administration), Part("C", Country),
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    /// <summary>Writes the ORAddress under the tag of GeneralName's x400Address.</summary>
    internal void Write(AsnWriter writer)
    {
        using (writer.PushContext(3))
        using (writer.PushSequence())
        {
            WriteChoice(writer, new Asn1Tag(TagClass.Application, 1, isConstructed: true), Country);
            WriteChoice(writer, new Asn1Tag(TagClass.Application, 2, isConstructed: true), Administration);
            if (PrivateDomain is not null)
            {
                WriteChoice(writer, DerWriting.Context(2, constructed: true), PrivateDomain);
            }

            WriteText(writer, 3, Organisation);
            if (Surname is not null)
            {
                using (writer.PushSetOf(DerWriting.Context(5, constructed: true)))
                {
                    WriteText(writer, 0, Surname);
                    WriteText(writer, 1, GivenName);
                }
            }

            if (Units.Count > 0)
            {
                using (writer.PushContext(6))
                {
                    foreach (string unit in Units)
                    {
                        writer.WriteCharacterString(UniversalTagNumber.PrintableString, unit);
                    }
                }
            }
        }
    }

    private static string? Part(string key, string? value) => value is null ? null : $"{key}={value}";

    // A CHOICE cannot be tagged IMPLICIT, so its tag stands around it.
    private static void WriteChoice(AsnWriter writer, Asn1Tag tag, string text)
    {
        using (writer.PushSequence(tag))
        {
            writer.WriteCharacterString(UniversalTagNumber.PrintableString, text);
        }
    }

    private static void WriteText(AsnWriter writer, int tag, string? text)
    {
        if (text is not null)
        {
            writer.WriteCharacterString(UniversalTagNumber.PrintableString, text, DerWriting.Context(tag, constructed: false));
        }
    }
}
