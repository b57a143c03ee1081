using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>
/// A room's post: sends its orders and facts, receives those of others. Register handlers first, then <see cref="Start"/>.
/// <list type="bullet">
/// <item>Orders received: <see cref="Handle{TOrder, TReply}"/>, once per id, the answer kept with the deed.</item>
/// <item>Orders sent: <see cref="AskAsync{TReply}"/> waits for the answer; <see cref="Enqueue{TReply}"/> leaves the order in the caller's transaction, and the answer comes to <see cref="OnAnswer{TOrder, TReply}"/>.</item>
/// <item>Facts: <see cref="Publish{TFact}"/> in the transaction in which they happen, <see cref="Subscribe{TFact}"/> in a transaction of the receiver; at least once on the way, in order per receiver, once in effect.</item>
/// </list>
/// </summary>
public sealed partial class Post : IAsyncDisposable
{
    private readonly PostOptions _options;
    private readonly Outbox _outbox;
    private readonly Courier _courier;
    private readonly KeptBodies _kept;
    private readonly Dispatcher _dispatcher;
    private readonly Dictionary<string, IOrderDoor> _orders = [];
    private readonly Dictionary<string, List<IFactDoor>> _facts = [];
    private readonly Dictionary<string, IAnswerDoor> _answers = [];
    private readonly ConcurrentDictionary<(string Sender, string Id), Task> _running = new();
    private readonly CancellationTokenSource _life = new();
    private bool _started;
    private bool _disposed;

    /// <summary>The post of a room.</summary>
    public Post(PostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _outbox = new Outbox(options.Database, options.Clock);
        _courier = new Courier(options);
        _kept = new KeptBodies(options.Identity);
        _dispatcher = new Dispatcher(options, _outbox, _courier, _kept, _answers);
        options.Peers.Registered += _dispatcher.Hasten;
    }

    /// <summary>The tables that a room's database needs for its post.</summary>
    public static IReadOnlyList<Migration> Migrations => Migration.FromAssembly(typeof(Post).Assembly);

    /// <summary>The room's name.</summary>
    public string Room => _options.Identity.Room;

    /// <summary>Registers the handler of an order type. See <see cref="ReceivedOrder{TOrder, TReply}"/> for what it owes.</summary>
    /// <param name="handler">
    /// Runs once at a time per order. It answers through the order in its own transaction, or throws <see cref="RefusedException"/>: a final refusal is then
    /// kept as the answer, a passing one (<see cref="Passing"/>) is only told. Any other exception is a fault, told as such under an id, and the order may be repeated.
    /// </param>
    public void Handle<TOrder, TReply>(Func<ReceivedOrder<TOrder, TReply>, CancellationToken, Task> handler)
        where TOrder : IOrder<TReply>
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStarted();
        _orders.Add(typeof(TOrder).Name, new JsonOrderDoor<TOrder, TReply>(handler));
    }

    /// <summary>Registers the handler of an exchange whose bodies are DER (GM/T 0014 with the key centre).</summary>
    /// <param name="type">The message type, as in access.csv.</param>
    /// <param name="handler">As for <see cref="Handle{TOrder, TReply}"/>.</param>
    public void HandleDer(string type, Func<ReceivedOrder<ReadOnlyMemory<byte>, byte[]>, CancellationToken, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStarted();
        _orders.Add(type, new DerOrderDoor(handler));
    }

    /// <summary>Registers a subscriber to a fact type; several are called in their order, in one transaction with the fact's receipt.</summary>
    /// <param name="handler">On the database's writer thread: it stores and leaves. When it throws, nothing is kept and the sender delivers again.</param>
    public void Subscribe<TFact>(Action<Session, ReceivedFact<TFact>> handler)
        where TFact : IFact
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStarted();
        if (!_facts.TryGetValue(typeof(TFact).Name, out List<IFactDoor>? doors))
        {
            _facts.Add(typeof(TFact).Name, doors = []);
        }

        doors.Add(new FactDoor<TFact>(handler));
    }

    /// <summary>Registers what is done with the final answers to enqueued orders of a type, in one transaction with the order's removal from the outbox: once per order.</summary>
    /// <param name="handler">On the database's writer thread. When it throws, nothing is kept and the order is sent again, which brings the same answer.</param>
    public void OnAnswer<TOrder, TReply>(Action<Session, OrderAnswer<TOrder, TReply>> handler)
        where TOrder : IOrder<TReply>
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStarted();
        _answers.Add(typeof(TOrder).Name, new AnswerDoor<TOrder, TReply>(handler));
    }

    /// <summary>Starts to send what waits in the outbox.</summary>
    public void Start()
    {
        ThrowIfStarted();
        _started = true;
        _dispatcher.Start();
    }

    /// <summary>Stops sending and receiving, and waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _options.Peers.Registered -= _dispatcher.Hasten;
        await _life.CancelAsync().ConfigureAwait(false);
        await _dispatcher.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _life.Dispose();
    }

    private void ThrowIfStarted()
    {
        if (_started)
        {
            throw new InvalidOperationException("Handlers are registered before the post is started.");
        }
    }
}
