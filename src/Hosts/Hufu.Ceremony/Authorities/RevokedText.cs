using System.Globalization;
using System.Text;
using Hufu.Ceremony.Script;
using Hufu.Pki;

namespace Hufu.Ceremony.Authorities;

/// <summary>The file from which the root's list is made: a line a certificate, <c>serial,time,reason</c>: hex, 2026-11-22T08:00:00Z, a word of RFC 5280; # begins a remark.</summary>
internal static class RevokedText
{
    private const int MostLines = 10_000;

    private static readonly Dictionary<string, RevocationReason> s_reasons = new(StringComparer.Ordinal)
    {
        ["unspecified"] = RevocationReason.Unspecified,
        ["keyCompromise"] = RevocationReason.KeyCompromise,
        ["cACompromise"] = RevocationReason.CaCompromise,
        ["affiliationChanged"] = RevocationReason.AffiliationChanged,
        ["superseded"] = RevocationReason.Superseded,
        ["cessationOfOperation"] = RevocationReason.CessationOfOperation,
    };

    public static IReadOnlyList<RevokedEntry> Read(string file, byte[] content)
    {
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        if (lines.Length > MostLines)
        {
            throw new CeremonyRefusal($"{file} has more than {MostLines} lines.", "A root revokes few certificates: check the file.");
        }

        List<RevokedEntry> entries = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string[] parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length != 3 || !SerialNumber.TryParse(parts[0], out SerialNumber serial) || !serial.IsPositive || !s_reasons.TryGetValue(parts[2], out RevocationReason reason)
                || !DateTimeOffset.TryParseExact(parts[1], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                || entries.Any(e => e.SerialNumber == serial))
            {
                throw new CeremonyRefusal($"{file}:{i + 1}: not 'serial,time,reason', or a serial for the second time.", $"Reasons: {string.Join(", ", s_reasons.Keys)}; times such as 2026-11-22T08:00:00Z.");
            }

            entries.Add(new RevokedEntry(serial, time, reason));
        }

        return entries;
    }
}
