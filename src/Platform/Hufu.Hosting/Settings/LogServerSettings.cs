using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>The log server and the off-site place (6.6.1.4-e). Each may be absent.</summary>
public sealed record LogServerSettings
{
    /// <summary>A folder that grows with the log, for example a mounted share of the log server.</summary>
    public string? Folder { get; init; }

    /// <summary>A syslog server over TLS, <c>host:port</c>; its certificate must lead to <see cref="Certificates"/>.</summary>
    public string? Syslog { get; init; }

    /// <summary>PEM file with the certificates that the syslog server's must lead to.</summary>
    public string? Certificates { get; init; }

    /// <summary>A folder off site that is brought up to date daily.</summary>
    public string? Offsite { get; init; }

    /// <summary>These settings with paths below a folder.</summary>
    internal LogServerSettings Below(string folder) => this with
    {
        Folder = Folder is null ? null : Path.GetFullPath(Folder, folder),
        Certificates = Certificates is null ? null : Path.GetFullPath(Certificates, folder),
        Offsite = Offsite is null ? null : Path.GetFullPath(Offsite, folder),
    };

    /// <exception cref="SettingsException">They cannot be used.</exception>
    internal void Check()
    {
        if (Syslog is null != Certificates is null || (Syslog is not null && Port() is < 1 or > 65_535))
        {
            throw new SettingsException("logServer.syslog is host:port and comes with logServer.certificates, a PEM file.");
        }

        _ = Copies();
    }

    /// <summary>The copies that a room's ledger makes.</summary>
    /// <exception cref="SettingsException">The certificates cannot be read.</exception>
    internal IReadOnlyList<LedgerCopy> Copies()
    {
        var copies = new List<LedgerCopy>();
        if (Folder is not null)
        {
            copies.Add(new FolderCopy("folder", Folder));
        }

        if (Offsite is not null)
        {
            copies.Add(new FolderCopy("offsite", Offsite, TimeSpan.FromDays(1)));
        }

        if (Syslog is not null)
        {
            var trust = new X509Certificate2Collection();
            try
            {
                trust.ImportFromPemFile(Certificates!);
            }
            catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw new SettingsException($"logServer.certificates: {fault.Message}");
            }

            copies.Add(new SyslogCopy("syslog", Syslog[..Syslog.LastIndexOf(':')], Port(), trust));
        }

        return copies;
    }

    private int Port() => Syslog is { } address && address.LastIndexOf(':') is > 0 and var at && int.TryParse(address.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0;
}
