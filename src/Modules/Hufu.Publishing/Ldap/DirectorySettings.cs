using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Publishing.Ldap;

/// <summary>How the connection to a directory is protected.</summary>
internal enum DirectoryTls
{
    /// <summary>Not at all: for a directory on the same machine or behind a tunnel.</summary>
    None,

    /// <summary>TLS from the first byte (ldaps).</summary>
    Ldaps,
}

/// <summary>One directory that is published to.</summary>
/// <param name="Name">What the operator calls it: 1 to 32 of a–z, 0–9 and hyphen.</param>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="BindDn">Who writes.</param>
/// <param name="PasswordFile">The file that holds the password; relative to the room's folder.</param>
/// <param name="Base">The entry below which everything lies; it exists.</param>
/// <param name="Tls">Protection.</param>
internal sealed record DirectoryTarget(string Name, string Host, int Port, string BindDn, string PasswordFile, string Base, DirectoryTls Tls = DirectoryTls.None);

/// <summary>Where entries lie and when they go. In the names <c>{base}</c>, <c>{serial}</c>, <c>{ca}</c> and <c>{name}</c> are put in, escaped.</summary>
/// <param name="Certificate">The entry of a holder's certificate; its first part is <c>uid=</c> or <c>cn=</c>.</param>
/// <param name="Authority">The entry of a CA.</param>
/// <param name="Crl">The entry of a CRL that is not a CA's full one: a part or a list of CA certificates.</param>
/// <param name="RemoveRevoked">Whether a revoked certificate leaves the directory; a suspended one stays.</param>
/// <param name="RemoveEndedAfterDays">Days after its end when a certificate leaves; null: never.</param>
/// <param name="LagAlarmMinutes">How long the oldest thing may wait for a directory before it is an alarm.</param>
internal sealed record DirectoryTree(
    string Certificate = "uid={serial},ou=certificates,{base}",
    string Authority = "cn={ca},ou=authorities,{base}",
    string Crl = "cn={name},ou=crls,{base}",
    bool RemoveRevoked = false,
    int? RemoveEndedAfterDays = null,
    int LagAlarmMinutes = 60);

/// <summary>The operator's file <c>directories.json</c> in the room's folder; no file, no directories.</summary>
/// <param name="Targets">Any number.</param>
/// <param name="Tree">Where entries lie; the same in all.</param>
internal sealed record DirectorySettings(IReadOnlyList<DirectoryTarget> Targets, DirectoryTree? Tree = null)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "directories.json";

    /// <summary>Where entries lie.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public DirectoryTree Entries => Tree ?? new DirectoryTree();

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the sentence says why.</exception>
    public static DirectorySettings Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new DirectorySettings([]);
        }

        try
        {
            var settings = JsonSerializer.Deserialize<DirectorySettings>(File.ReadAllText(path), ContractJson.Options)!;
            foreach (var target in settings.Targets)
            {
                if (target.Name is not { Length: > 0 and <= 32 } || !target.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || target.Port is < 1 or > 65_535)
                {
                    throw new InvalidDataException($"{path}: a target has a name of a–z, 0–9 and hyphen, and a port of 1 to 65535.");
                }
            }

            return settings.Targets.Select(target => target.Name).Distinct().Count() == settings.Targets.Count ? settings : throw new InvalidDataException($"{path}: two targets have one name.");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path}, line {(wrong.LineNumber ?? 0) + 1}: {wrong.Message}", wrong);
        }
    }
}
