using System.Security.Cryptography.X509Certificates;

namespace Hufu.Records;

/// <summary>Where a ledger's lines go besides its own folder (6.6.1.4-e): the log server in real time, a place off site daily.</summary>
/// <param name="Name">Names it in files and faults: 1 to 32 of a–z, 0–9 and hyphen.</param>
public abstract record LedgerCopy(string Name);

/// <summary>A folder, for example a mounted share of the log server: <c>{Folder}/{origin}/records.jsonl</c> and <c>heads.jsonl</c>, byte for byte, flushed.</summary>
/// <param name="Name">The copy's name.</param>
/// <param name="Folder">The folder; the ledger's own is made in it.</param>
/// <param name="Every">Zero: as the log grows; else the time from one copy to the next, a day for the off-site copy.</param>
public sealed record FolderCopy(string Name, string Folder, TimeSpan Every = default) : LedgerCopy(Name);

/// <summary>A syslog server over TLS: RFC 5424 messages in the octet-counted frames of RFC 5425; the message is the line itself, MSGID is <c>record</c> or <c>head</c>.</summary>
/// <param name="Name">The copy's name.</param>
/// <param name="Host">The server's name, which its certificate must carry.</param>
/// <param name="Port">Usually 6514.</param>
/// <param name="Trust">The certificates that its chain must end in, or its own.</param>
/// <remarks>
/// Syslog acknowledges nothing: after a break some lines before it are sent again, so the server sees each line at least once; the number in it tells doubles apart.
/// </remarks>
public sealed record SyslogCopy(string Name, string Host, int Port, X509Certificate2Collection Trust) : LedgerCopy(Name);

/// <summary>How a copy stands.</summary>
/// <param name="Name">The copy.</param>
/// <param name="Behind">Bytes that are not there yet.</param>
/// <param name="Fault">Why the last try failed; null when it did not.</param>
public sealed record LedgerCopyState(string Name, long Behind, string? Fault);
