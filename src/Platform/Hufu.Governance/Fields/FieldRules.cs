using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Governance;

/// <summary>Checks an application's fields against the profile's form: the RA when they are handed in, the CA again before it signs (R06, R13).</summary>
public static class FieldRules
{
    /// <summary>The longest value of any field, in characters, whatever the profile says.</summary>
    public const int ValueLimit = 512;

    /// <summary>Checks every field; the first fault in the form's order is refused.</summary>
    /// <exception cref="RefusedException">FieldMissing, FieldInvalid, NameTooLong or ChecksumWrong, with the field's name.</exception>
    [Clause("6.1.3.2-g")]
    [Clause("6.2.1.3-a")]
    public static void Check(CertificateProfile profile, IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var name in fields.Keys.Where(name => profile.Field(name) is null).Order(StringComparer.Ordinal))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The form has no such field.", name[..Math.Min(name.Length, 64)]);
        }

        foreach (var field in profile.Fields)
        {
            var value = fields.TryGetValue(field.Name, out var given) ? given : "";
            if (value.Length == 0)
            {
                if (field.Required)
                {
                    throw new RefusedException(RefusalCode.FieldMissing, $"{field.Zh} ({field.En})", field.Name);
                }

                continue;
            }

            Check(field, value);
            if (field.Kind == FieldKind.KeyModule)
            {
                DemandModule(profile, field, value);
            }
        }
    }

    // What the application says of its key's module is what the profile allows; clerk and vetter sign for it as for every field.
    [Clause("6.6.2.1-b")]
    private static void DemandModule(CertificateProfile profile, ProfileField field, string value)
    {
        if (!profile.Modules.Any(module => KeyModules.Word(module) == value))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Keys of '{profile.Id}' are made in: {string.Join(", ", profile.Modules.Select(KeyModules.Word))} (6.6.2.1-b).", field.Name);
        }
    }

    private static void Check(ProfileField field, string value)
    {
        var most = Math.Min(field.MaxLength, ValueLimit);
        if (value.EnumerateRunes().Count() > most)
        {
            throw new RefusedException(RefusalCode.NameTooLong, $"At most {most} characters.", field.Name);
        }

        if (value.Trim() != value || value.EnumerateRunes().Any(IsMisleading))
        {
            throw new RefusedException(
                RefusalCode.FieldInvalid, "No spaces at either end, no control, invisible, combining, private or compatibility characters: two names that look the same are written the same.", field.Name);
        }

        var (code, fault) = field.Kind switch
        {
            FieldKind.CreditCode => (RefusalCode.ChecksumWrong, SocialCreditCode.Fault(value)),
            FieldKind.IdentityNumber => (RefusalCode.ChecksumWrong, IdentityNumber.Fault(value)),
            FieldKind.Phone => (RefusalCode.FieldInvalid, IsPhone(value) ? null : "Digits, with + - ( ) and spaces between; 7 to 20 characters."),
            FieldKind.Email => (RefusalCode.FieldInvalid, IsEmail(value) ? null : "An e-mail address in ASCII, such as name@example.cn."),
            FieldKind.HostName => (RefusalCode.FieldInvalid, IsHostName(value) ? null : "A full host name in ASCII letters, digits and hyphens, such as www.example.cn."),
            FieldKind.IpAddress => (RefusalCode.FieldInvalid, IsIpAddress(value) ? null : "An IPv4 or IPv6 address, such as 10.1.2.3."),
            FieldKind.X400Address => (RefusalCode.FieldInvalid, Fault(value, text => X400Address.Parse(text))),
            FieldKind.DirectoryName => (RefusalCode.FieldInvalid, Fault(value, text => DistinguishedName.Parse(text))),
            FieldKind.DocumentNumber => (RefusalCode.FieldInvalid, value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-') ? null : "Letters, digits and hyphens."),
            _ => (RefusalCode.FieldInvalid, null),
        };
        if (fault is not null)
        {
            throw new RefusedException(code, fault, field.Name);
        }
    }

    // Two names that look the same must be the same bytes. Unicode's normal forms are not to be had (InvariantGlobalization), so what would need them is refused: combining marks,
    // CJK compatibility ideographs (which normal form C replaces), and everything that is not seen or turns the direction of writing.
    private static bool IsMisleading(Rune rune) => rune.Value is 0xFFFD or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Only the usual spelling: the framework also reads 1.2 and 0x0A.
    private static bool IsIpAddress(string value) => IPAddress.TryParse(value, out var address) && string.Equals(address.ToString(), value, StringComparison.OrdinalIgnoreCase);

    private static string? Fault(string value, Action<string> parse)
    {
        try
        {
            parse(value);
            return null;
        }
        catch (PkiException fault)
        {
            return fault.Message;
        }
    }

    private static bool IsPhone(string value) =>
        value.Length is >= 7 and <= 20 && value.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '(' or ')' or ' ') && value.Count(char.IsAsciiDigit) >= 7;

    private static bool IsEmail(string value) =>
        value.Length <= 254 && value.All(c => c is > ' ' and < (char)127) && MailAddress.TryCreate(value, out var address) && address.Address == value && IsHostName(address.Host);

    // RFC 1123 2.1: labels of 1 to 63 letters, digits, hyphens; at least two labels; the last one is not all digits.
    private static bool IsHostName(string value)
    {
        var labels = value.Split('.');
        return value.Length <= 253 && labels.Length >= 2 && !labels[^1].All(char.IsAsciiDigit)
            && labels.All(label => label.Length is >= 1 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }
}
