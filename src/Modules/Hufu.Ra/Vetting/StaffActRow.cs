using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Vetting;

/// <summary>What clerk and vetter did to an application, as they signed it (ra_staff_acts).</summary>
internal sealed class StaffActRow
{
    public const string Entry = "entry";
    public const string Decision = "decision";

    public const string Second = "exception";

    public string Person { get; set; } = "";

    public string Statement { get; set; } = "";

    public byte[] Signature { get; set; } = [];

    public byte[] Certificate { get; set; } = [];

    public SignedAct ToSignedAct() => new(Statement, Signature);

    public static void Store(Session session, string application, string step, AuthorisedAct act, byte[] payload, long now)
    {
        var person = act.Person.PersonId;
        session.Execute(
            """
            INSERT INTO ra_staff_acts (application, step, person, statement, signature, certificate, payload, done_at)
            VALUES (@Application, @Step, @Person, @Statement, @Signature, @Certificate, @Payload, @Now)
            ON CONFLICT (application, step) DO UPDATE SET person = excluded.person, statement = excluded.statement, signature = excluded.signature,
                certificate = excluded.certificate, payload = excluded.payload, done_at = excluded.done_at
            """,
            new { Application = application, Step = step, Person = person, act.Signed.Statement, act.Signed.Signature, act.Certificate, Payload = payload, Now = now });
        if (step == Entry)
        {
            session.Execute("UPDATE ra_applications SET entered_by = @Person WHERE id = @Application", new { Application = application, Person = person });
        }
    }

    /// <summary>The signed payload sealed, bound to the application and the step: remarks and findings may name people and numbers (7.2.4-a).</summary>
    public static byte[] Seal(IDataCipher cipher, string application, string step, ActRequest request) =>
        cipher.Seal(request.PayloadBytes(), Encoding.ASCII.GetBytes($"{application}/{step}"));

    /// <summary>Who has entered and decided it.</summary>
    public static IReadOnlyList<string> Persons(Session session, string application) =>
        session.Query<string>("SELECT person FROM ra_staff_acts WHERE application = @Application AND step IN ('entry', 'decision') LIMIT 2", new { Application = application });

    public static StaffActRow? Find(Session session, string application, string step) => session.QueryFirst<StaffActRow>(
        "SELECT person, statement, signature, certificate FROM ra_staff_acts WHERE application = @Application AND step = @Step", new { Application = application, Step = step });
}
