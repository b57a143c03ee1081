using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>A request for an act before any decision: what it says, whose it claims to be, and whether the signature is that person's.</summary>
internal sealed class ActAttempt
{
    private const int SignatureLimit = 256;
    private StaffMember? _signer;
    private byte[]? _certificate;

    private ActAttempt(SignedAct signed, string payloadDigest, ActStatement? statement)
    {
        Signed = signed;
        PayloadDigest = payloadDigest;
        Statement = statement;
    }

    public SignedAct Signed { get; }

    public string PayloadDigest { get; }

    /// <summary>Null when the text is no statement.</summary>
    public ActStatement? Statement { get; }

    /// <summary>Whether a known person's key has signed exactly this statement. Says nothing of rights.</summary>
    public bool Verified { get; private set; }

    /// <summary>The person when the signature is theirs; else nobody is named, whatever the statement claims.</summary>
    public string ActorText => Verified ? _signer!.ToString() : "unknown";

    public static ActAttempt Read(Session session, ActRequest request)
    {
        if (request.Act?.Statement is null || request.Act.Signature is null)
        {
            throw new RefusedException(RefusalCode.Malformed, "A statement and a signature are needed.", "act");
        }

        var attempt = new ActAttempt(
            request.Act, ActStatement.Digest(request.PayloadBytes()), ActStatement.TryParse(request.Act.Statement, out var statement) ? statement : null);
        if (statement is null || request.Act.Signature.Length is 0 or > SignatureLimit
            || StaffStore.Certificate(session, statement.Person) is not { } row || StaffStore.ById(session, row.PersonId) is not { } person)
        {
            return attempt;
        }

        attempt._signer = new StaffMember(person.Id, person.Name, []);
        attempt._certificate = row.Der;
        attempt.Verified = request.Act.Verify(Certificate.Decode(row.Der).PublicKey);
        return attempt;
    }

    /// <summary>The ledger's record. Statement and signature stand in their own members only when they verify, so that a verifier may demand that all such do.</summary>
    public LedgerRecord Record(string actor, ExpectedAct expected, LedgerOutcome outcome, JsonObject detail) => new()
    {
        Actor = actor,
        Act = expected.Act,
        Object = expected.Object,
        Outcome = outcome,
        Detail = detail,
        Statement = Verified ? Signed.Statement : null,
        Signature = Verified ? Signed.Signature : null,
        Certificate = Verified ? _certificate : null,
    };

    /// <summary>Adds what was sent when it is not somebody's verified statement: the text if it is one, else its digest; and the signature.</summary>
    public JsonObject Explain(JsonObject detail)
    {
        if (!Verified)
        {
            detail["sent"] = Statement is null ? null : Signed.Statement;
            detail["sentDigest"] = Statement is null ? ActStatement.Digest(System.Text.Encoding.UTF8.GetBytes(Signed.Statement)) : null;
            detail["sentSignature"] = Signed.Signature.Length <= SignatureLimit ? Convert.ToBase64String(Signed.Signature) : null;
        }

        return detail;
    }
}
