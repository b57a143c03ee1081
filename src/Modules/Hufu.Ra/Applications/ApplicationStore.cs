using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Reads and writes ra_applications inside the caller's transaction.</summary>
internal static class ApplicationStore
{
    internal const string Columns = """
        id, profile, state, title, fields, request, key_digest, data_digest, holder, renewal_of, publish, agreement_version, agreement_at, token_digest,
        created_at, waiting_since, due_at, reason, signing_serial, encryption_serial, channel, office, batch, not_after, rekey
        """;

    public static void Insert(Session session, ApplicationRow row) => session.Execute(
        $"""
        INSERT INTO ra_applications ({Columns}, ended_at)
        VALUES (@Id, @Profile, @State, @Title, @Fields, @Request, @KeyDigest, @DataDigest, @Holder, @RenewalOf, @Publish, @AgreementVersion, @AgreementAt, @TokenDigest,
                @CreatedAt, @WaitingSince, @DueAt, @Reason, @SigningSerial, @EncryptionSerial, @Channel, @Office, @Batch, @NotAfter, @Rekey,
                {(row.State == ApplicationState.Draft ? "@CreatedAt + 31536000000" : "NULL")})
        """,
        row);

    /// <summary>An application that must exist.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static ApplicationRow Get(Session session, string id) =>
        session.QueryFirst<ApplicationRow>($"SELECT {Columns} FROM ra_applications WHERE id = @Id", new { Id = id })
        ?? throw new RefusedException(RefusalCode.UnknownObject, $"Application {Shown(id)}.", "id");

    /// <summary>Refuses what is no application's number, before it is looked for or put on record.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static void DemandNumber(string id)
    {
        if (id.Length != 17 || id[0] != 'A' || !id.AsSpan(1).ContainsOnlyDigits())
        {
            throw new RefusedException(RefusalCode.UnknownObject, $"Application {Shown(id)}.", "id");
        }
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    public static ApplicationRow? BySerial(Session session, string signingSerial) =>
        session.QueryFirst<ApplicationRow>($"SELECT {Columns} FROM ra_applications WHERE signing_serial = @Serial", new { Serial = signingSerial });

    /// <summary>Moves an application from the state it was seen in to another; refuses when it is no longer there.</summary>
    /// <exception cref="RefusedException">StateWrong.</exception>
    public static void Move(Session session, ApplicationRow row, ApplicationState to, long now, string? reason = null)
    {
        var changed = session.Execute(
            $"UPDATE ra_applications SET state = @To, waiting_since = @Now, reason = @Reason, ended_at = {EndOf(to)} WHERE id = @Id AND state = @From",
            new { To = to, Now = now, Reason = reason, row.Id, From = row.State });
        if (changed != 1)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"Application {row.Id} is no longer {row.State}.");
        }

        (row.State, row.WaitingSince, row.Reason) = (to, now, reason);
    }

    // From when its records count for their retention (6.6.1.5-b): the certificate's end, the revocation, the withdrawal; a year after the last word on what is not taken up again.
    private static string EndOf(ApplicationState to) => to switch
    {
        ApplicationState.Revoked or ApplicationState.Withdrawn => "@Now",
        ApplicationState.Issued or ApplicationState.Accepted => "not_after",
        ApplicationState.Refused or ApplicationState.Draft => "@Now + 31536000000",
        _ => "NULL",
    };

    /// <summary>Refuses unless the application is in one of the states that an act is for.</summary>
    public static void MustBe(ApplicationRow row, params ReadOnlySpan<ApplicationState> states)
    {
        foreach (var state in states)
        {
            if (row.State == state)
            {
                return;
            }
        }

        throw new RefusedException(RefusalCode.StateWrong, $"Application {row.Id} is {row.State}.");
    }

    private static string Shown(string id) => id.Length <= 40 ? id : id[..40] + "…";
}
