using Hufu.Ca.KeyCentre;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Issuing;

/// <summary>An order on its way through the steps in company; what is not set yet comes with its step.</summary>
/// <param name="Order">The order.</param>
/// <param name="Requester">The room that sent it.</param>
/// <param name="Digest">What a repeated order is known by.</param>
/// <param name="Sink">Takes the reply.</param>
internal sealed record IssuingTask(IssuePair Order, string Requester, string Digest, IReplySink Sink)
{
    private readonly TaskCompletionSource<bool> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OpenedOrder? Opened { get; set; }

    /// <summary>What it was opened by; asked for again in step 3.</summary>
    public IReadOnlyList<StaffEvidence> Signers { get; set; } = [];

    public IssueDecision? Decided { get; set; }

    public CertificationRequest? Request { get; set; }

    public NewIntent? Fresh { get; set; }

    public Intent? Intent { get; set; }

    public EncryptionPair? Pair { get; set; }

    public Certificate? Signing { get; set; }

    public Certificate? Encryption { get; set; }

    /// <summary>Set once everything is durable.</summary>
    public PairIssued? Reply { get; set; }

    /// <summary>A refusal that passes by itself: the intent waits, and going alone would not help.</summary>
    public RefusedException? Waits { get; set; }

    /// <summary>Whether the company goes on with it; what fell out goes alone, and is told there what is wrong.</summary>
    public bool InCompany { get; set; } = true;

    /// <summary>Ends when the company is through with it.</summary>
    public Task Ended => ended.Task;

    public void End() => ended.TrySetResult(true);

    public void Fail(Exception fault) => ended.TrySetException(fault);
}

/// <summary>Something that only one of a company can have caused: nothing was kept, each goes alone.</summary>
internal sealed class CompanyBrokenException(string message) : Exception(message);
