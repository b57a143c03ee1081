namespace Hufu.Hosting;

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
