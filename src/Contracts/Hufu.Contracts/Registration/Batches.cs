namespace Hufu.Contracts;

/// <summary>
/// Registers an organisation's batch (6.2.1.2-a): <c>POST /api/ra/batches</c>, act <see cref="ActNames.RaBatchOpen"/>, object <c>batch/{file digest}</c>; answered with <see cref="BatchOpened"/>. Then the
/// organisation's papers go to <c>PUT /api/ra/batches/{id}/evidence/{kind}</c> and the file, whose digest the clerk signed, to <c>PUT /api/ra/batches/{id}/file</c> (at most 16 MiB, 10,000 lines),
/// both with the batch's token.
/// </summary>
/// <param name="Profile">The type of all its lines.</param>
/// <param name="Organisation">The organisation; 1 to 100 characters.</param>
/// <param name="FileDigest">SM3 (hex) of the file.</param>
/// <param name="AgreementVersion">The version that the organisation accepted for its people.</param>
/// <param name="AgreementAccepted">Must be true.</param>
/// <param name="Publish">Whether the certificates may be published.</param>
public sealed record NewBatch(string Profile, string Organisation, string FileDigest, string AgreementVersion, bool AgreementAccepted, bool Publish);

/// <summary>A batch is registered.</summary>
/// <param name="Id">Its number.</param>
/// <param name="AccessToken">Opens the batch and each of its applications; sent as <c>Authorization: Bearer …</c>.</param>
/// <param name="Columns">Names that the file's first line must have, in any order; a label of the form in Chinese or English does as well.</param>
/// <param name="OptionalColumns">Names that it may have.</param>
/// <param name="EvidenceMissing">Papers of the organisation that serve all lines; the first is its authorisation.</param>
public sealed record BatchOpened(string Id, string AccessToken, IReadOnlyList<string> Columns, IReadOnlyList<string> OptionalColumns, IReadOnlyList<string> EvidenceMissing);

/// <summary>Where a batch stands.</summary>
public enum BatchState
{
    /// <summary>待上传: waits for papers and file.</summary>
    Open,

    /// <summary>处理中: its lines are being taken.</summary>
    Running,

    /// <summary>已处理: every line is taken or refused.</summary>
    Done,
}

/// <summary>How far a batch is: <c>GET /api/ra/batches/{id}</c> with its token. After a crash or a stop it goes on where it was.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">Its state.</param>
/// <param name="Lines">Lines in the file, without the first.</param>
/// <param name="Taken">Lines that became applications.</param>
/// <param name="Refused">Lines that did not.</param>
public sealed record BatchProgress(string Id, BatchState State, long Lines, long Taken, long Refused);

/// <summary>The line-by-line report: <c>GET /api/ra/batches/{id}/lines?after=0&amp;refused=true</c> with the batch's token; pages of 500.</summary>
/// <param name="Line">Line of the file, the first one (the names) being 1.</param>
/// <param name="Application">The application's number, or null.</param>
/// <param name="Submitted">Whether it was complete and is submitted.</param>
/// <param name="Code">The refusal's code, or null.</param>
/// <param name="Field">The field that it is about, or null.</param>
/// <param name="What">The refusal in Chinese, with what was found, or null.</param>
public sealed record BatchLine(long Line, string? Application, bool Submitted, string? Code, string? Field, string? What);
