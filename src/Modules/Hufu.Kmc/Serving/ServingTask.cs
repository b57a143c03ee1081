using Hufu.Pki;
using Hufu.Pki.Gmt0014;

namespace Hufu.Kmc.Serving;

/// <summary>One CA's authenticated request on its way through steps 4 to 7.</summary>
internal sealed class ServingTask(string ca, Certificate certificate, ServingCentre centre, CaRequest request, AnswerKeeper keeper, CancellationToken ct)
{
    private readonly TaskCompletionSource<byte[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The CA's name.</summary>
    public string Ca => ca;

    /// <summary>With whose keys it is answered.</summary>
    public ServingCentre Centre => centre;

    /// <summary>What it asks.</summary>
    public CaRequest Request => request;

    /// <summary>Keeps the answer with the deed.</summary>
    public AnswerKeeper Keeper => keeper;

    /// <summary>Its task number, as text.</summary>
    public string TaskNo { get; } = request.TaskNumber.ToString();

    /// <summary>What decides the task's answer.</summary>
    public string Digest { get; } = TaskStore.Digest(request);

    /// <summary>Keys that no holder may have.</summary>
    public IReadOnlyList<SubjectPublicKeyInfo> Authorities { get; } = [certificate.PublicKey, .. centre.Keys];

    /// <summary>What is to be done, decided on the latest snapshot.</summary>
    public IReadOnlyList<Plan> Plans { get; set; } = [];

    /// <summary>The answer that waits to be committed; null before it is signed.</summary>
    public byte[]? Answer { get; set; }

    /// <summary>The kept answer that this one takes the place of: it was given under another certificate of the key centre's; null when there is none.</summary>
    public byte[]? Instead { get; set; }

    /// <summary>The answer, or why there is none.</summary>
    public Task<byte[]> Done => _done.Task;

    /// <summary>Whether the caller still waits.</summary>
    public bool IsOpen
    {
        get
        {
            if (ct.IsCancellationRequested)
            {
                _done.TrySetCanceled(ct);
            }

            return !_done.Task.IsCompleted;
        }
    }

    /// <summary>It is durable.</summary>
    public void Complete(byte[] answer) => _done.TrySetResult(answer);

    /// <summary>It cannot be answered.</summary>
    public void Fail(Exception reason) => _done.TrySetException(reason);
}
