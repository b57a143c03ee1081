namespace Hufu.Hosting;

/// <summary>Settings of the host; read once at start, unknown keys refused.</summary>
public sealed record HostSettings
{
    /// <summary>The data directory; a folder per room. HUFU_DATA, or <c>./data</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The base of every public address, without a slash at the end: <c>http://127.0.0.1:8080</c>. Stands in certificates.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Where the host listens; loopback unless told otherwise.</summary>
    public required Uri ListenUrl { get; init; }

    /// <summary>The policy folder.</summary>
    public required string PolicyDirectory { get; init; }

    /// <summary>How mail goes out.</summary>
    public required MailSettings Mail { get; init; }

    /// <summary>A public address: base and path.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string PublicAddress(string path) => PublicUrl.GetLeftPart(UriPartial.Authority) + PublicUrl.AbsolutePath.TrimEnd('/') + path;
}

/// <summary>How mail goes out: into a folder as .eml files, or to an SMTP server.</summary>
public sealed record MailSettings
{
    /// <summary>The pickup folder; null when SMTP is used.</summary>
    public string? PickupDirectory { get; init; }

    /// <summary>The SMTP server's host name; null when the pickup folder is used.</summary>
    public string? SmtpHost { get; init; }

    /// <summary>Its port.</summary>
    public int SmtpPort { get; init; } = 25;

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "hufu@localhost";
}
