export {
  Broker,
  type BrokerOptions,
  type FrameBus,
  type NextOptions,
  type ProvideOptions,
  type TopicFactory,
  type TopicInfo,
} from './broker.js';
export { type SubscribeOptions, Topic, type TopicOptions } from './topic.js';
