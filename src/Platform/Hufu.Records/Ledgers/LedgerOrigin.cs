using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Record 0: which ledger this is and whose signature its heads carry.</summary>
internal static class LedgerOrigin
{
    internal const string Act = "ledger.begin";

    /// <summary>Writes record 0 into an empty ledger, or checks that the ledger is this room's and this key's.</summary>
    internal static void BeginOrCheck(Session session, LedgerOptions options)
    {
        byte[]? line = session.QueryFirst<byte[]>("SELECT line FROM ledger_record WHERE sequence = 0");
        if (line is null)
        {
            if (LedgerStore.Last(session) is not null)
            {
                throw new LedgerException(LedgerError.Broken, "Ledger: record 0 is missing in the database.");
            }

            new LedgerEdge(new EdgeStart(options.Origin, options.Clock, new MerkleFrontier(), null, [], null)).Append(session, PreparedRecord.Make(Begin(options), 1));
            return;
        }

        (string? origin, string? key) = Read(line);
        string own = Convert.ToBase64String(options.Signer.PublicKey.RawData.Span);
        if (origin != options.Origin || key != own)
        {
            throw new LedgerException(
                LedgerError.AnotherLedger,
                $"Ledger: the database holds the ledger of '{origin}' with {(key == own ? "this" : "another")} audit key; '{options.Origin}' was asked for. Open it with the device it was begun with.");
        }
    }

    private static LedgerRecord Begin(LedgerOptions options) => new()
    {
        Actor = options.Origin,
        Act = Act,
        Object = options.Origin,
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject
        {
            ["format"] = "HUFU-LEDGER 1",
            ["id"] = SecureRandom.NewId(),
            ["tree"] = "RFC 9162, SM3",
            ["auditKey"] = Convert.ToBase64String(options.Signer.PublicKey.RawData.Span),
        },
    };

    private static (string? Origin, string? Key) Read(byte[] line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return (root.GetProperty("object").GetString(), root.GetProperty("detail").GetProperty("auditKey").GetString());
    }

    internal static void CheckCertificate(ReadOnlyMemory<byte> der, SubjectPublicKeyInfo key)
    {
        if (der.Length > RecordLine.MaxCertificate)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the audit key's certificate has at most 32 KiB.");
        }

        try
        {
            if (!Certificate.Decode(der).PublicKey.Equals(key))
            {
                throw new LedgerException(LedgerError.BadRecord, "Ledger: the certificate is for another key than the audit key.");
            }
        }
        catch (PkiException e)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the audit key's certificate cannot be read.", e);
        }
    }
}
