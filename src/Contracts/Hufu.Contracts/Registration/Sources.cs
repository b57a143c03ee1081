namespace Hufu.Contracts;

/// <summary>What a third-party source says of an applicant's data.</summary>
public enum SourceOutcome
{
    /// <summary>一致: on record there, and the same.</summary>
    Match,

    /// <summary>不一致: on record there, and different.</summary>
    Mismatch,

    /// <summary>查无.</summary>
    NotFound,

    /// <summary>不可用: it could not be asked, or its answer could not be trusted. The check is done by hand; nothing is approved by it.</summary>
    Unavailable,
}

/// <summary>
/// Asks a third-party source: <c>POST /api/ra/applications/{id}/sources/{source}</c>, act <see cref="ActNames.RaSourceAsk"/>, state <see cref="ApplicationData.StateText"/> of entered; answered with
/// <see cref="SourceAnswer"/>. The sources: business-register, citizen-identity, domain-registrar, and domain-control, which proves control of the host name by DNS or HTTP.
/// </summary>
/// <param name="Purpose">Why; 1 to 200 characters.</param>
public sealed record SourceQuestion(string Purpose);

/// <summary>What a source said, kept as evidence: result, source and time. A finding may rest on its id; it never decides by itself.</summary>
/// <param name="Id">Its id, for <see cref="CheckFinding.Evidence"/>.</param>
/// <param name="Source">Which source.</param>
/// <param name="Outcome">What came out.</param>
/// <param name="Simulated">It came from the simulator: no real source was asked.</param>
/// <param name="AskedAt">When.</param>
/// <param name="What">In words.</param>
public sealed record SourceAnswer(string Id, string Source, SourceOutcome Outcome, bool Simulated, DateTimeOffset AskedAt, string What);

/// <summary>
/// What is posted to a source, as JSON in UTF-8. Header <c>Hufu-Signature</c>: base64 of the DER SM2Signature of the RA's signing key over the body. The answer is a <see cref="SourceReply"/> with the same
/// header by the source's key.
/// </summary>
/// <param name="Nonce">128 random bits, hex; comes back.</param>
/// <param name="Source">Which source.</param>
/// <param name="Time">When.</param>
/// <param name="Fields">What is to be compared, by field name; no more than that source needs.</param>
public sealed record SourceRequest(string Nonce, string Source, DateTimeOffset Time, IReadOnlyDictionary<string, string> Fields);

/// <summary>A source's answer.</summary>
/// <param name="Nonce">The request's.</param>
/// <param name="Outcome">What came out.</param>
/// <param name="Simulated">True from a simulator, always.</param>
/// <param name="What">In words; at most 500 characters.</param>
public sealed record SourceReply(string Nonce, SourceOutcome Outcome, bool Simulated, string What);

/// <summary>How the applicant proves control of the host name, either way: <c>GET /api/ra/applications/{id}/domain-control</c> with the access token.</summary>
/// <param name="DnsName">A TXT record here …</param>
/// <param name="DnsValue">… with this value,</param>
/// <param name="HttpUrl">or a file here …</param>
/// <param name="HttpBody">… with this content.</param>
public sealed record DomainControl(string DnsName, string DnsValue, string HttpUrl, string HttpBody);

/// <summary>A source that may be asked about an application; <see cref="ApplicationFile.SourcesToAsk"/>.</summary>
/// <param name="Source">Its name, as it stands in the address.</param>
/// <param name="Reach">Whether anybody answers.</param>
/// <param name="Fields">Names of the fields that it would be told; no others are.</param>
public sealed record SourceToAsk(string Source, SourceReach Reach, IReadOnlyList<string> Fields);

/// <summary>Whether a source can be asked.</summary>
public enum SourceReach
{
    /// <summary>It is set up.</summary>
    Configured,

    /// <summary>The simulator answers and says so.</summary>
    Simulated,

    /// <summary>Nobody answers: it is checked by hand.</summary>
    ByHand,
}
